"""Which videos and detections the teacher embeds."""

import numpy as np
import pytest

from vpd_mm.datasets import PoseSequenceDataset
from vpd_mm.formats import Poses, write_poses


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for video in ('a', 'b', 'c'):
        frame = np.array([0, 2, 2, 5])
        keypoints = rng.uniform(0, 1, (4, 17, 3)).astype(np.float32)
        score = np.array([0.9, 0.8, 0.3, 0.7], np.float32)
        write_poses(tmp_path / video, Poses(frame, score, np.ones((4, 4), np.float32), keypoints))
    return str(tmp_path)


def videos(dataset):
    return [dataset.get_data_info(i)['video'] for i in range(len(dataset))]


def test_choice_of_videos(folder):
    assert videos(PoseSequenceDataset(folder)) == ['a', 'b', 'c']
    assert videos(PoseSequenceDataset(folder, exclude_videos=['b'])) == ['a', 'c']
    assert videos(PoseSequenceDataset(folder, videos=['c', 'a'], exclude_videos=['a'])) == ['c']
    assert len(PoseSequenceDataset(folder, exclude_videos=['a', 'b', 'c'])) == 0
    with pytest.raises(ValueError, match='no poses, such as x'):
        PoseSequenceDataset(folder, videos=['a', 'x'])


@pytest.mark.parametrize(
    ('options', 'frames', 'shape'),
    [
        ({}, [0, 2, 2, 5], (4, 2, 13, 3)),
        (dict(min_score=0.5), [0, 2, 5], (3, 2, 13, 3)),
        (dict(per_frame='first', mirror=False), [0, 2, 5], (3, 1, 13, 3)),
        (dict(per_frame='all'), [0, 2, 2, 5], (4, 2, 13, 3)),
        (dict(bones=True), [0, 2, 2, 5], (4, 2, 25, 3)),
        (dict(min_score=0.95), [], (0, 2, 13, 3)),
    ],
)
def test_detections(folder, options, frames, shape):
    item = PoseSequenceDataset(folder, **options)[0]
    sample = item['data_samples']
    assert sample.video == 'a'
    assert sample.detection_frame.tolist() == frames
    assert sample.num_rows == len(frames if options.get('per_frame') == 'all' else set(frames))
    assert sample.average is ('per_frame' not in options)
    assert bool(sample.problem) is not bool(frames)
    assert item['inputs'].shape == shape
    assert len(sample.kp_score) == len(frames)


def test_unusable_poses_are_a_sample_with_a_problem(folder, tmp_path):
    (tmp_path / 'b' / 'coco_keypoints.json.gz').write_bytes(b'no gzip')
    dataset = PoseSequenceDataset(folder)
    problems = [dataset[i]['data_samples'].problem for i in range(3)]
    assert problems[0] is None and problems[2] is None
    assert 'coco_keypoints.json.gz: is not a complete gzip file' in problems[1]
    assert dataset[1]['inputs'].shape == (0, 2, 13, 3)
    scored = PoseSequenceDataset(folder, min_score=0.95)[0]['data_samples']
    assert 'has no detection that scores 0.95 or more' in scored.problem


def test_unknown_choice(folder):
    with pytest.raises(ValueError, match='per_frame'):
        PoseSequenceDataset(folder, per_frame='best')
