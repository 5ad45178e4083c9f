"""tools/data/extract_crops.py and extract_flow.py, called as a user calls them."""

import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.formats import (
    Boxes,
    Masks,
    list_crop_frames,
    open_crops,
    read_crop,
    write_boxes,
    write_masks,
    write_video,
)


@pytest.fixture
def data(tmp_path):
    """Two videos of 10 frames: noise that moves 2 pixels to the right in each."""
    rng = np.random.default_rng(0)
    wide = np.kron(rng.integers(0, 256, (12, 24, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
    frames = [wide[:, 60 - 2 * t : 188 - 2 * t].copy() for t in range(10)]
    number = np.arange(1, 10)
    boxes = np.tile([40.5, 20.0, 30.0, 50.0], (9, 1))
    for name in 'ab':
        write_video(tmp_path / 'videos' / f'{name}.mp4', frames, 25)
        write_boxes(tmp_path / 'pose' / name, Boxes(number, boxes))
    mask = Masks(
        np.array([2]), np.array([0.9]), np.array([[40, 20, 30, 50]]), [np.ones((50, 30), bool)]
    )
    write_masks(tmp_path / 'pose' / 'a', mask)
    return tmp_path


@pytest.fixture
def call(repository, data):
    def run(script, *arguments):
        command = [sys.executable, f'tools/data/{script}.py', *map(str, arguments)]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
        assert 'Traceback' not in done.stderr, done.stderr
        return done

    return run


def extract(call, data, *options):
    folders = data / 'videos', data / 'pose', data / 'crops'
    return call('extract_crops', *folders, '--dim', 32, *options)


def test_crops_flow_and_masks_in_one_pass(call, data):
    done = extract(call, data, '--flow', 'dis', '--workers', 2)
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (data / 'crops').iterdir())
    assert names == ['a', 'b', 'crops.json', 'flow.json']
    folder = data / 'crops' / 'a'
    assert list_crop_frames(folder).tolist() == list(range(1, 10))
    assert sorted(p.name for p in folder.glob('2.*')) == [
        '2.flow.png',
        '2.mask.png',
        '2.png',
        '2.prev.png',
    ]
    crop = read_crop(folder, 2)
    assert crop.rgb.shape == (32, 32, 3)
    assert crop.mask[16, 16] and not crop.mask[16, 0]
    assert read_crop(folder, 3).mask is None
    assert np.median(crop.flow[..., 0]) > 124  # to the right


def test_finished_videos_are_left_alone(call, data):
    assert extract(call, data, '--videos', 'a').returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (data / 'crops').rglob('*')}
    assert extract(call, data, '--workers', 1).returncode == 0
    assert all(path.stat().st_mtime_ns == time for path, time in before.items() if path.is_file())
    assert len(list_crop_frames(data / 'crops' / 'b')) == 9


def test_a_bad_video_does_not_stop_the_rest(call, data):
    (data / 'videos' / 'a.mp4').write_bytes(b'no video')
    (data / 'pose' / 'c').mkdir()
    write_video(data / 'videos' / 'd.mp4', [np.zeros((48, 64, 3), np.uint8)], 25)
    done = extract(call, data, '--workers', 1)
    assert done.returncode == 1
    assert f'error: a: {data}/videos/a.mp4: cannot be opened as a video' in done.stderr
    assert f'error: c: has no video in {data}/videos' in done.stderr
    assert f'error: d: has no pose directory in {data}/pose' in done.stderr
    assert sorted(path.name for path in (data / 'crops').iterdir()) == ['b', 'crops.json']


@pytest.mark.parametrize(
    ('boxes', 'sentence'),
    [
        ([[20, [1, 2, 30, 40]]], 'ends after 10 frames, but'),
        ([], 'boxes.json: has no box'),
        ([[2, [1, 2, 30, -4]]], 'boxes.json: has a box that is not x, y, w, h in pixels'),
        ([[2, [1, 2, 30]]], 'boxes.json: has a box of shape (3,) instead of (4,)'),
        (None, 'boxes.json'),
    ],
)
def test_wrong_boxes_are_one_sentence(call, data, boxes, sentence):
    path = data / 'pose' / 'a' / 'boxes.json'
    path.unlink()
    if boxes is not None:
        path.write_text(str(boxes))
    done = extract(call, data, '--videos', 'a')
    assert done.returncode == 1
    assert sentence in done.stderr
    assert [path.name for path in (data / 'crops').iterdir()] == ['crops.json']


def test_missing_folders_are_one_sentence(call, data):
    done = call('extract_crops', data / 'nowhere', data / 'pose', data / 'crops')
    assert done.returncode == 1
    assert f'{data}/nowhere' in done.stderr
    (data / 'empty').mkdir()
    done = call('extract_crops', data / 'videos', data / 'empty', data / 'crops')
    assert done.stderr.strip() == (
        f'error: {data}/empty: has no pose directory; extract the poses first'
    )


def test_flow_later_equals_flow_in_the_same_pass(call, data):
    options = '--flow', 'dis', '--clip', 10, '--subtract-median', '--workers', 1
    assert extract(call, data, *options, '--videos', 'b').returncode == 0
    done = extract(call, data, '--workers', 1)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f'error: {data}/crops/crops.json: says that this folder was made with flow on, not off; '
        'give the same options again, or another folder'
    )
    (data / 'crops').rename(data / 'one pass')
    assert extract(call, data, '--workers', 1).returncode == 0
    flow = '--method', 'dis', '--workers', 1, '--subtract-median'
    assert call('extract_flow', data / 'crops', *flow, '--clip', 10).returncode == 0
    done = call('extract_flow', data / 'crops', *flow)
    assert done.returncode == 1 and 'made with clip 10.0, not 20; give the same' in done.stderr
    for frame in range(1, 10):
        flows = [read_crop(data / name / 'b', frame).flow for name in ('crops', 'one pass')]
        assert np.array_equal(*flows)


def test_packed_from_the_start(call, data):
    assert extract(call, data, '--packed', '--flow', 'dis', '--workers', 2).returncode == 0
    names = sorted(path.name for path in (data / 'crops').iterdir())
    assert names == ['a.crops', 'b.crops', 'crops.json', 'flow.json']
    crops = open_crops(data / 'crops')
    assert crops.frames('a', flow=True).tolist() == list(range(1, 10))
    assert crops.read('a', 2).mask[16, 16]
    done = extract(call, data)
    assert done.returncode == 1 and 'was made with flow on, not off' in done.stderr


def test_flow_needs_the_previous_crops(call, data):
    done = extract(call, data, '--no-prev')
    assert done.returncode == 2 and '--no-prev needs --flow' in done.stderr
    assert extract(call, data, '--no-prev', '--flow', 'dis').returncode == 0
    folder = data / 'crops' / 'a'
    assert not list(folder.glob('*.prev.png'))
    (folder / '4.flow.png').unlink()
    done = call('extract_flow', data / 'crops', '--method', 'dis', '--workers', 1)
    assert done.returncode == 1
    assert f'error: a: {folder}/4.prev.png: no such crop' in done.stderr
