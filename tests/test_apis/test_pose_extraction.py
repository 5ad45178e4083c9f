import numpy as np
import pytest
import torch

from vpd_mm.apis.pose_extraction import box_area, overlap, select_athlete
from vpd_mm.compat import non_maximum_suppression


def person(box, score=0.5):
    return dict(keypoints=np.ones((17, 2)), keypoint_scores=np.full(17, score), bbox=(box,))


def test_overlap_of_boxes():
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6], [4, 4, 4, 4]], float)
    np.testing.assert_allclose(overlap(boxes, boxes[0]), [1, 1 / 3, 0, 0])
    np.testing.assert_allclose(box_area(boxes), [4, 4, 1, 0])


def test_the_athlete_is_largest_at_first_and_followed_later():
    frames = [
        [person([0, 0, 2, 2]), person([10, 10, 20, 20], 0.8)],
        [],
        [person([0, 0, 50, 50]), person([11, 11, 21, 21], 0.6)],
        [person([60, 60, 61, 61]), person([70, 70, 72, 72])],
    ]
    poses = select_athlete(frames)
    np.testing.assert_array_equal(poses.frame, [0, 2, 3])
    np.testing.assert_allclose(poses.box, [[10, 10, 10, 10], [11, 11, 10, 10], [70, 70, 2, 2]])
    np.testing.assert_allclose(poses.score, [0.8, 0.6, 0.5], rtol=1e-6)


def test_nobody_in_the_video():
    poses = select_athlete([[], []])
    assert len(poses) == 0
    assert poses.keypoints.shape == (0, 17, 3)


def test_non_maximum_suppression_keeps_the_best_of_overlapping_boxes():
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 5, 10]])
    scores = torch.tensor([0.6, 0.9, 0.5, 0.8])
    assert non_maximum_suppression(boxes, scores, 0.5, 0).tolist() == [1, 3, 2]
    assert non_maximum_suppression(boxes[:0], scores[:0], 0.5, 0).shape == (0,)


def test_extraction_writes_a_pose_directory(tmp_path):
    pytest.importorskip('mmpose')
    from mmengine.config import Config
    from mmengine.utils import get_installed_path

    from vpd_mm.apis.pose_extraction import PoseExtractor
    from vpd_mm.formats import read_boxes, read_meta, read_poses, write_video

    name = 'rtmpose/coco/rtmpose-t_8xb256-420e_aic-coco-256x192.py'
    cfg = Config.fromfile(f'{get_installed_path("mmpose")}/.mim/configs/body_2d_keypoint/{name}')
    cfg.model.backbone.init_cfg = None
    cfg.dump(tmp_path / 'tiny.py')
    frames = np.random.default_rng(0).integers(0, 255, (5, 64, 48, 3), np.uint8)
    write_video(tmp_path / 'clip.mp4', frames, 25)

    extractor = PoseExtractor(str(tmp_path / 'tiny.py'), detector='whole_image', device='cpu')
    extractor(tmp_path / 'clip.mp4', tmp_path / 'pose' / 'clip')

    poses = read_poses(tmp_path / 'pose' / 'clip')
    np.testing.assert_array_equal(poses.frame, range(5))
    np.testing.assert_allclose(read_boxes(tmp_path / 'pose' / 'clip').box, [[0, 0, 48, 64]] * 5)
    assert (poses.keypoints[..., 0] > -48).all()
    assert read_meta(tmp_path / 'pose' / 'clip').num_frames == 5
