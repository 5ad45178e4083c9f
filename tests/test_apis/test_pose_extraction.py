"""The route from a video to pose directories, with stand-ins for the models."""

import numpy as np
import pytest

from vpd_mm.apis.pose_extraction import PoseExtractor, batched, best_mask
from vpd_mm.apis.pose_models import Detections, WholeImage
from vpd_mm.datasets.preparation.athletes import AthleteChoice
from vpd_mm.datasets.preparation.pose_directories import has_poses, read_athlete_boxes
from vpd_mm.formats import (
    Boxes,
    FormatError,
    read_boxes,
    read_masks,
    read_meta,
    read_poses,
    write_boxes,
    write_video,
)

FRAMES, HEIGHT, WIDTH = 12, 64, 48


class CentrePose:
    """Puts all keypoints at the centre of the box; the score is the frame's brightness."""

    def __init__(self):
        self.batches = []

    def __call__(self, images, boxes):
        self.batches.append(len(images))
        centre = (boxes[:, None, :2] + boxes[:, None, 2:]) / 2
        score = np.array([image.mean() / 255 for image in images])[:, None, None]
        points = np.concatenate([centre, score], -1).astype(np.float32)
        return np.broadcast_to(points, (len(images), 17, 3)).copy()


class BoxDetector:
    """Finds somebody large and somebody small; the large one is missing in frames 5 and 6."""

    def __init__(self):
        self.frame = 0

    def __call__(self, images):
        return [self.detect() for _ in images]

    def detect(self):
        frame, self.frame = self.frame, self.frame + 1
        box = [[10 + frame, 20, 30 + frame, 60], [2, 2, 12, 22]]
        mask = np.zeros((2, HEIGHT, WIDTH), bool)
        mask[0, 25:55, 15:25] = mask[1, 3:20, 3:11] = True
        first = int(frame % FRAMES in (5, 6))
        return Detections(np.array(box[first:], float), np.full(2 - first, 0.9), mask[first:])


@pytest.fixture
def video(tmp_path):
    frames = [np.full((HEIGHT, WIDTH, 3), 20 * t, np.uint8) for t in range(FRAMES)]
    write_video(tmp_path / 'clip.mp4', frames, 25)
    return tmp_path / 'clip.mp4'


def test_batches():
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []


def test_the_athlete_is_followed_and_gaps_are_bridged(video, tmp_path):
    pytest.importorskip('trackers')
    pose = CentrePose()
    extractor = PoseExtractor(pose, BoxDetector(), BoxDetector(), batch_size=5)
    extractor(video, tmp_path / 'pose' / 'clip')
    poses = read_poses(tmp_path / 'pose' / 'clip')
    np.testing.assert_array_equal(poses.frame, range(FRAMES))
    np.testing.assert_allclose(poses.box[:, 0], 10 + np.arange(FRAMES))
    np.testing.assert_allclose(poses.keypoints[:, 3, 0], 20 + np.arange(FRAMES))
    np.testing.assert_allclose(poses.score, np.arange(FRAMES) * 20 / 255, atol=0.02)
    np.testing.assert_allclose(read_boxes(tmp_path / 'pose' / 'clip').box, poses.box)
    assert read_meta(tmp_path / 'pose' / 'clip').num_frames == FRAMES
    masks = read_masks(tmp_path / 'pose' / 'clip')
    assert masks.frame.tolist() == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert masks.box[0].tolist() == [15, 25, 10, 30]
    assert masks.bitmap[0].shape == (30, 10) and masks.bitmap[0].all()
    assert pose.batches == [5, 5, 2]


def test_several_people_share_a_pose_directory(video, tmp_path):
    pytest.importorskip('trackers')
    choice = AthleteChoice(max_people=2)
    PoseExtractor(CentrePose(), BoxDetector(), choice=choice)(video, tmp_path / 'clip')
    poses = read_poses(tmp_path / 'clip')
    assert poses.frame.tolist() == np.repeat(range(FRAMES), 2).tolist()
    assert poses.box[:2, 2].tolist() == [20, 10]
    assert len(read_boxes(tmp_path / 'clip')) == FRAMES
    assert not (tmp_path / 'clip' / 'mask.json.gz').exists()


def test_players_have_a_pose_directory_each(video, tmp_path):
    pytest.importorskip('trackers')
    choice = AthleteChoice(net=0.5)
    written = PoseExtractor(CentrePose(), BoxDetector(), choice=choice)(video, tmp_path / 'clip')
    assert [path.name for path in written] == ['front__clip', 'back__clip']
    assert (read_poses(tmp_path / 'front__clip').box[:, 2] == 20).all()
    assert (read_poses(tmp_path / 'back__clip').box[:, 2] == 10).all()


def test_the_whole_image(video, tmp_path):
    pytest.importorskip('trackers')
    PoseExtractor(CentrePose(), WholeImage())(video, tmp_path / 'clip')
    np.testing.assert_allclose(read_boxes(tmp_path / 'clip').box, [[0, 0, WIDTH, HEIGHT]] * FRAMES)


def test_given_boxes_and_other_files_are_kept(video, tmp_path):
    boxes = Boxes(np.array([3, 4, 9]), np.array([[5.0, 6, 20, 30]] * 3))
    write_boxes(tmp_path / 'clip', boxes)
    (tmp_path / 'clip' / 'mask.json.gz').write_bytes(b'kept')
    assert not has_poses(tmp_path / 'clip')
    boxes = read_athlete_boxes(tmp_path / 'clip')
    PoseExtractor(CentrePose(), WholeImage())(video, tmp_path / 'clip', boxes)
    assert read_poses(tmp_path / 'clip').frame.tolist() == [3, 4, 9]
    assert read_meta(tmp_path / 'clip').num_frames == FRAMES
    assert (tmp_path / 'clip' / 'mask.json.gz').read_bytes() == b'kept'
    assert has_poses(tmp_path / 'clip', masks=True)


def test_boxes_that_cannot_be(video, tmp_path):
    extractor = PoseExtractor(CentrePose(), WholeImage())
    late = Boxes(np.array([3, FRAMES]), np.array([[5.0, 6, 20, 30]] * 2))
    with pytest.raises(FormatError, match=r'clip.mp4: ends after 12 frames, but .* box for 12'):
        extractor(video, tmp_path / 'clip', late)
    assert not (tmp_path / 'clip').exists()
    write_boxes(tmp_path / 'bad', Boxes(np.array([1]), np.array([[5.0, 6, 20, 0]])))
    with pytest.raises(FormatError, match=r'boxes.json: has a box that is not x, y, w, h'):
        read_athlete_boxes(tmp_path / 'bad')


def test_nobody_in_the_video(video, tmp_path):
    pytest.importorskip('trackers')

    def nobody(images):
        return [Detections(np.zeros((0, 4)), np.zeros(0)) for _ in images]

    PoseExtractor(CentrePose(), nobody, nobody)(video, tmp_path / 'clip')
    assert len(read_poses(tmp_path / 'clip')) == len(read_boxes(tmp_path / 'clip')) == 0
    assert len(read_masks(tmp_path / 'clip')) == 0
    assert read_meta(tmp_path / 'clip').num_frames == FRAMES


def test_masks_of_somebody_else_are_left_out():
    detections = BoxDetector().detect()
    assert best_mask(detections, np.array([40.0, 0, 48, 10])) is None
    score, box, bitmap = best_mask(detections, np.array([2.0, 2, 12, 24]))
    assert (score, box, bitmap.shape) == (0.9, [3, 3, 8, 17], (17, 8))
