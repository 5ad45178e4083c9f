"""What is there of each video, and what does not agree."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.data_report import DataFolder, report_video
from vpd_mm.formats import (
    Boxes,
    Crop,
    Masks,
    PackedCropWriter,
    Poses,
    VideoMeta,
    write_boxes,
    write_crop,
    write_embeddings,
    write_json,
    write_masks,
    write_meta,
    write_poses,
    write_video,
)

FRAMES = 6
IMAGE = np.zeros((8, 8, 3), np.uint8)


def make_poses(folder, frames, fps=25.0, num_frames=FRAMES):
    frame, n = np.array(frames), len(frames)
    box, score = np.ones((n, 4), np.float32), np.ones(n, np.float32)
    write_poses(folder, Poses(frame, score, box, np.ones((n, 17, 3), np.float32)))
    write_boxes(folder, Boxes(frame, box))
    write_masks(folder, Masks(frame[:1], score[:1], box[:1], [np.ones((1, 1), bool)]))
    write_meta(folder, VideoMeta(fps, num_frames, 32, 32))


def crops_of(frames):
    flow = np.zeros((8, 8, 2), np.uint8)
    return [(frame, Crop(IMAGE, flow, None), None) for frame in frames]


@pytest.fixture
def root(tmp_path):
    """A sport with one whole video."""
    write_video(tmp_path / 'videos' / 'v.mp4', [np.zeros((32, 32, 3), np.uint8)] * FRAMES, 25)
    make_poses(tmp_path / 'pose' / 'v', range(FRAMES))
    folder = tmp_path / 'crops' / 'v'
    folder.mkdir(parents=True)
    for frame, crop, _ in crops_of(range(FRAMES)):
        write_crop(folder, frame, crop)
    write_embeddings(tmp_path / 'embeddings' / 'vipe' / 'v.emb.pkl', range(FRAMES), np.ones((6, 4)))
    return tmp_path


def report(root, video='v', deep=False):
    return report_video(video, DataFolder(root), deep)


def test_whole(root):
    data = DataFolder(root)
    assert data.videos == ['v']
    found = report(root, deep=True)
    assert found.problems == [] and found.fps == 25
    assert found.frames == dict.fromkeys(data.parts, FRAMES) | dict(masks=1)


def test_missing_parts_are_no_problem(root):
    (root / 'pose' / 'v' / 'mask.json.gz').unlink()
    (root / 'embeddings' / 'vipe' / 'v.emb.pkl').rename(root / 'embeddings' / 'vipe' / 'w.emb.pkl')
    assert report(root).problems == [] and 'masks' not in report(root).frames
    assert DataFolder(root).videos == ['v', 'w']
    assert report(root, 'w').frames == {'embeddings/vipe': FRAMES}


def test_two_players_of_a_video(root):
    (root / 'pose' / 'v').rename(root / 'pose' / 'front__v')
    make_poses(root / 'pose' / 'back__v', [0, 1])
    data = DataFolder(root)
    assert {'front__v', 'back__v'} <= set(data.videos)
    assert report(root, 'back__v').frames['video'] == FRAMES
    assert report(root, 'back__v').problems == []


def test_facts_that_disagree(root):
    make_poses(root / 'pose' / 'v', range(FRAMES), fps=30.0, num_frames=9)
    frames, fps = report(root).problems
    assert frames == 'frames disagree: the video 6, meta.json 9'
    assert fps == 'fps disagree: the video 25, meta.json 30'
    meta = dict(fps=30.0, num_frames=9, width=32, height=32)
    write_json(root / 'actions.json', dict(classes=[], videos=dict(v=meta), actions=[], splits={}))
    assert report(root).problems[0].endswith('meta.json 9, actions.json 9')


def test_frames_that_disagree(root):
    make_poses(root / 'pose' / 'v', range(2, FRAMES + 2))
    problems = report(root).problems
    assert 'boxes have frame 7 of a video of 6 frames' in problems
    assert 'crops have 6 frames, boxes 6' in problems
    (root / 'crops' / 'v' / '3.flow.png').unlink()
    assert 'flow have 5 frames, crops 6' in report(root).problems


def test_unreadable_files(root):
    (root / 'pose' / 'v' / 'coco_keypoints.json.gz').write_bytes(b'')
    (root / 'embeddings' / 'vipe' / 'v.emb.pkl').write_bytes(b'x')
    (root / 'videos' / 'v.mp4').write_bytes(b'')
    problems = report(root).problems
    assert len(problems) == 3 and all(str(root) in problem for problem in problems)
    (root / 'crops' / 'v' / '3.png').write_bytes(b'no image')
    assert len(report(root).problems) == 3
    assert '3.png' in report(root, deep=True).problems[1]


def test_packed_crops(root):
    (root / 'crops').rename(root / 'folders')
    with PackedCropWriter(root / 'crops') as writer:
        writer.write_video('v', crops_of(range(FRAMES)))
    assert report(root).frames['flow'] == FRAMES and report(root, deep=True).problems == []


def test_no_data(tmp_path):
    with pytest.raises(FileNotFoundError):
        DataFolder(tmp_path / 'nowhere')
    assert DataFolder(tmp_path).videos == []
