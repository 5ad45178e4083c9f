import cv2
import numpy as np
import pytest

from vpd_mm.visualization.flow_colors import flow_to_rgb
from vpd_mm.visualization.loss_curves import plot_loss_curves, read_scalars
from vpd_mm.visualization.pose_overlay import draw_pose


def test_scalars_of_a_resumed_run_are_joined(tmp_path):
    for name, lines in (
        ('1', '{"loss": 3.0, "step": 1}\n{"loss": 2.0, "step": 2}\n'),
        ('2', '{"loss": 1.5, "step": 2}\n{"embedding/mse": NaN, "step": 2}\n'),
    ):
        (tmp_path / name / 'vis_data').mkdir(parents=True)
        (tmp_path / name / 'vis_data' / 'scalars.json').write_text(lines)
    assert read_scalars(tmp_path) == {'loss': [(1, 3.0), (2, 1.5)]}
    plot_loss_curves({'run': tmp_path}, tmp_path / 'out' / 'loss.png')
    assert cv2.imread(str(tmp_path / 'out' / 'loss.png')).std() > 0


def test_a_folder_without_log_is_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match='no run has logged here'):
        read_scalars(tmp_path)


def test_pose_is_drawn_where_it_is():
    image = np.zeros((40, 40, 3), np.uint8)
    keypoints = np.zeros((17, 3))
    keypoints[5], keypoints[7], keypoints[9] = (10, 10, 1), (10, 30, 1), (30, 30, 0.1)
    drawn = draw_pose(image, keypoints)
    assert tuple(drawn[20, 10]) == (255, 160, 0)
    assert not drawn[30, 20:].any()
    assert not image.any()


def test_flow_colours_show_direction_and_speed():
    flow = np.zeros((1, 3, 2), np.float32)
    flow[0, 1:] = (0.1, 0), (-0.05, 0)
    colors = flow_to_rgb(flow)[0].astype(int)
    assert not colors[0].any()
    np.testing.assert_array_equal(colors[1], [255, 0, 0])
    assert abs(colors[2] - [0, 127, 127]).max() <= 1
