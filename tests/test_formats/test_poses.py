import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vpd_mm.formats import (
    Boxes,
    FormatError,
    Poses,
    VideoMeta,
    list_pose_videos,
    read_boxes,
    read_meta,
    read_poses,
    read_video_metadata,
    write_boxes,
    write_meta,
    write_poses,
)

numbers = st.floats(-1e6, 1e6, width=32)
frame_lists = st.lists(st.integers(0, 10**6), max_size=6).map(sorted)


def arrays(shape):
    return hnp.arrays(np.float32, shape, elements=numbers)


@st.composite
def some_poses(draw):
    frames = draw(frame_lists)
    n = len(frames)
    return Poses(
        np.array(frames, np.int64),
        draw(hnp.arrays(np.float32, n, elements=st.floats(0, 1, width=32))),
        draw(arrays((n, 4))),
        draw(arrays((n, 17, 3))),
    )


def make_poses(frames=(0, 0, 3)):
    n = len(frames)
    rng = np.random.default_rng(0)
    return Poses(
        np.array(frames, np.int64),
        np.linspace(0.2, 0.9, n, dtype=np.float32),
        rng.random((n, 4), np.float32),
        rng.random((n, 17, 3), np.float32),
    )


def same(a, b):
    assert all(np.array_equal(vars(a)[name], vars(b)[name]) for name in vars(a))


@settings(max_examples=25)
@given(poses=some_poses())
def test_poses_round_trip_exactly(poses, tmp_path_factory):
    folder = tmp_path_factory.mktemp('pose')
    write_poses(folder / 'a', poses)
    write_poses(folder / 'flat.json.gz', poses)
    same(read_poses(folder / 'a'), poses)
    same(read_poses(folder / 'a' / 'coco_keypoints.json.gz'), poses)
    same(read_poses(folder / 'flat.json.gz'), poses)


@settings(max_examples=25)
@given(frames=frame_lists.map(set).map(sorted), data=st.data())
def test_boxes_round_trip_exactly(frames, data, tmp_path_factory):
    box = data.draw(hnp.arrays(np.float64, (len(frames), 4), elements=st.floats(-1e9, 1e9)))
    folder = tmp_path_factory.mktemp('pose')
    write_boxes(folder, Boxes(np.array(frames, np.int64), box))
    same(read_boxes(folder), Boxes(np.array(frames, np.int64), box))


def test_poses_are_typed_and_sorted(tmp_path):
    write_poses(tmp_path, make_poses((5, 1, 5)))
    poses = read_poses(tmp_path)
    assert len(poses) == 3
    assert poses.frame.tolist() == [1, 5, 5]
    assert poses.score.tolist() == pytest.approx([0.55, 0.2, 0.9])
    assert [v.dtype for v in vars(poses).values()] == [np.int64] + [np.float32] * 3


def test_low_scores_are_left_out(tmp_path):
    write_poses(tmp_path, make_poses())
    assert read_poses(tmp_path, min_score=0.5).frame.tolist() == [0, 3]
    assert len(read_poses(tmp_path, min_score=1)) == 0


def test_equal_poses_give_equal_bytes(tmp_path):
    for name in 'ab':
        write_poses(tmp_path / name, make_poses())
    files = [(tmp_path / name / 'coco_keypoints.json.gz').read_bytes() for name in 'ab']
    assert files[0] == files[1]


KEYPOINTS = [[1.0, 2.0, 0.5]] * 17


@pytest.mark.parametrize(
    'content',
    [
        {},
        [0],
        [[0]],
        [[0, [[0.5, [1, 2, 3, 4]]]]],
        [[0, [[0.5, [1, 2, 3], KEYPOINTS]]]],
        [[0, [[0.5, [1, 2, 3, 4], KEYPOINTS[:16]]]]],
        [[0, [['much', [1, 2, 3, 4], KEYPOINTS]]]],
        [[-1, [[0.5, [1, 2, 3, 4], KEYPOINTS]]]],
        [['0', [[0.5, [1, 2, 3, 4], KEYPOINTS]]]],
        [[0.5, [[0.5, [1, 2, 3, 4], KEYPOINTS]]]],
        [[0, [[0.5, [1, 2, 3, 4], [*KEYPOINTS[:16], [1, 2]]]]]],
    ],
)
def test_poses_of_another_form_are_one_error(tmp_path, content):
    path = tmp_path / 'clip.json.gz'
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    with pytest.raises(FormatError, match=r'clip\.json\.gz: '):
        read_poses(path)


def test_truncated_poses_are_one_error(tmp_path):
    path = tmp_path / 'clip.json.gz'
    write_poses(path, make_poses())
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match=r'clip\.json\.gz: is not a complete gzip file'):
        read_poses(path)


@pytest.mark.parametrize('content', [3, [[1]], [[0, [1, 2, 3]]], [[0, None]], ['ab']])
def test_boxes_of_another_form_are_one_error(tmp_path, content):
    (tmp_path / 'boxes.json').write_text(json.dumps(content))
    with pytest.raises(FormatError, match=r'boxes\.json: '):
        read_boxes(tmp_path)


def test_meta_round_trips_and_ignores_more(tmp_path):
    write_meta(tmp_path, VideoMeta(29.97, 12, 640, 480))
    assert read_meta(tmp_path) == VideoMeta(29.97, 12, 640, 480)
    (tmp_path / 'all.json').write_text(
        '{"a": {"fps": 25, "num_frames": 3, "width": 4, "height": 5, "codec": "h264"}}'
    )
    assert read_video_metadata(tmp_path / 'all.json') == {'a': VideoMeta(25.0, 3, 4, 5)}


@pytest.mark.parametrize('fps', ['"fast"', '0', 'null', '-1'])
def test_impossible_meta_is_one_error(tmp_path, fps):
    text = f'{{"fps": {fps}, "num_frames": 3, "width": 4, "height": 5}}'
    (tmp_path / 'meta.json').write_text(text)
    with pytest.raises(FormatError, match=r'meta\.json: '):
        read_meta(tmp_path)
    (tmp_path / 'all.json').write_text(f'{{"clip": {text}}}')
    with pytest.raises(FormatError, match=r'all\.json: clip: '):
        read_video_metadata(tmp_path / 'all.json')


def test_pose_videos_are_found_nested_and_flat(tmp_path):
    write_poses(tmp_path / 'b', make_poses())
    write_boxes(tmp_path / 'a', Boxes(np.arange(1), np.zeros((1, 4))))
    write_poses(tmp_path / 'c.json.gz', make_poses())
    (tmp_path / 'empty').mkdir()
    (tmp_path / '.tmp-1-d.json.gz').write_bytes(b'')
    found = list_pose_videos(tmp_path)
    assert list(found) == ['a', 'b', 'c']
    assert len(read_poses(found['b'])) == len(read_poses(found['c'])) == 3


def test_damaged_poses_are_told(tmp_path):
    """Too few joints, numbers that are none, frames listed twice: one sentence each."""
    path = tmp_path / 'v.json.gz'
    row = [0.9, [0, 0, 2, 2], [[1, 2, 0.5]] * 17]

    def told(content, problem):
        path.write_bytes(gzip.compress(json.dumps(content).encode()))
        with pytest.raises(FormatError, match=problem) as error:
            read_poses(path)
        assert str(error.value).startswith(f'{path}: ')

    told([[0, [[0.9, [0, 0, 2, 2], [[1, 2, 0.5]] * 16]]]], r'shape \(16, 3\)')
    told([[0, [[0.9, [0, 0, 2, 2], [[1, None, 0.5]] * 17]]]], 'missing or infinite')
    told([[0, [[float('nan'), *row[1:]]]]], 'not valid JSON')
    told([[3, [row]], [4, [row]], [3, [row]]], 'lists frame 3 twice')
    told([[[3], [row]]], 'entry')


def test_boxes_list_a_frame_once(tmp_path):
    (tmp_path / 'boxes.json').write_text('[[3, [0, 0, 1, 1]], [3, [0, 0, 1, 2]]]')
    with pytest.raises(FormatError, match='lists frame 3 twice'):
        read_boxes(tmp_path)
