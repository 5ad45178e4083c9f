import numpy as np
import pytest

from vpd_mm.formats import Boxes, Masks, Poses, write_boxes, write_masks, write_poses, write_video
from vpd_mm.visualization.captions import draw_caption
from vpd_mm.visualization.video_overlay import (
    ATHLETE_COLOR,
    PERSON_COLORS,
    Detections,
    draw_detections,
    overlay_frames,
    read_detections,
)


def poses():
    """Two people in frame 1; the second has no limbs that are seen."""
    keypoints = np.zeros((2, 17, 3), np.float32)
    keypoints[0, 5], keypoints[0, 7] = (120, 120, 1), (120, 200, 1)
    box = np.array([[100, 100, 60, 200], [300, 150, 80, 200]], np.float32)
    return Poses(np.array([1, 1]), np.array([0.9, 0.5], np.float32), box, keypoints)


def masks():
    """One mask, on the second person."""
    return Masks(
        np.array([1]), np.array([1.0]), np.array([[310, 160, 60, 180]]), [np.ones((180, 60), bool)]
    )


@pytest.fixture
def image():
    return np.full((480, 640, 3), 100, np.uint8)


def test_people_in_their_colours(image):
    drawn = draw_detections(image, Detections(poses(), None, masks()), 1)
    assert drawn.shape == image.shape and (image == 100).all()
    assert drawn[250, 100].tolist() == list(PERSON_COLORS[0])
    assert drawn[250, 300].tolist() == list(PERSON_COLORS[1])
    assert drawn[160, 120].tolist() == [255, 160, 0]
    expected = 0.6 * 100 + 0.4 * np.array(PERSON_COLORS[1])
    assert np.abs(drawn[250, 340] - expected).max() <= 1
    assert drawn[400, 600].tolist() == [100] * 3


def test_a_frame_without_people_has_its_number(image):
    drawn = draw_detections(image, Detections(poses(), None, masks()), 0)
    assert (drawn[50:] == 100).all() and (drawn[:30, :80] != 100).any()


def test_only_boxes(image):
    found = Detections(boxes=Boxes(np.array([1]), np.array([[100.0, 100, 60, 200]])))
    assert draw_detections(image, found, 1)[250, 100].tolist() == list(ATHLETE_COLOR)
    assert found.frames() == {1}


def test_what_leaves_the_image(image):
    found = Detections(poses(), None, masks())
    found.poses.box[:] = [[-50, -90, 9999, 1e9], [630, 470, 50, 50]]
    found.masks.box[0, :2] = -30, 400
    drawn = draw_detections(image, found, 1)
    assert drawn.shape == image.shape and (drawn[470, 10] != 100).any()


def test_small_videos_are_enlarged(image):
    drawn = draw_detections(image[:100, :64], Detections(poses()), 1)
    assert drawn.shape == (500, 320, 3)


def test_a_caption_stays_inside(image):
    assert draw_caption(image, 'frame 12 é', (10_000, -5)) > 50
    assert (image[5:8, -100:] != 100).any()


def test_reading_and_the_whole_video(tmp_path):
    write_poses(tmp_path / 'pose', poses())
    write_poses(tmp_path / 'flat.json.gz', poses())
    found = read_detections(tmp_path / 'pose')
    assert found.boxes is None and found.masks is None and len(found.poses) == 2
    write_boxes(tmp_path / 'pose', Boxes(np.array([0]), np.ones((1, 4))))
    write_masks(tmp_path / 'pose', masks())
    found = read_detections(tmp_path / 'pose')
    assert found.frames() == {0, 1} and len(found.masks) == 1
    assert len(read_detections(tmp_path / 'flat.json.gz').poses) == 2
    assert len(read_detections(tmp_path / 'pose' / 'boxes.json').boxes) == 1
    assert len(read_detections(tmp_path / 'pose' / 'mask.json.gz').masks) == 1
    write_video(tmp_path / 'a.mp4', np.full((3, 480, 640, 3), 100, np.uint8), 25)
    assert sum(1 for _ in overlay_frames(tmp_path / 'a.mp4', found)) == 3
    (tmp_path / 'nothing').mkdir()
    with pytest.raises(FileNotFoundError, match='has no poses, boxes or masks'):
        read_detections(tmp_path / 'nothing')
