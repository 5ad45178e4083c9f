"""tools/analysis/view_poses.py and browse_crops.py, called as a user calls them."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from vpd_mm.formats import Boxes, Crop, iter_frames, write_boxes, write_crop, write_video


@pytest.fixture
def call(repository):
    def run(script, *arguments):
        command = [sys.executable, f'tools/analysis/{script}.py', *map(str, arguments)]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
        assert 'Traceback' not in done.stderr, done.stderr
        return done

    return run


def test_poses_upon_a_video(call, tmp_path):
    write_video(tmp_path / 'a.mp4', np.full((4, 240, 320, 3), 80, np.uint8), 10)
    write_boxes(tmp_path / 'pose', Boxes(np.array([1, 7]), np.tile([50.0, 60, 100, 100], (2, 1))))
    done = call('view_poses', tmp_path / 'a.mp4', tmp_path / 'pose', '--out', tmp_path / 'b.mp4')
    assert done.returncode == 1
    assert 'pose: is about frame 7, but the video has 4' in done.stderr
    frames = list(iter_frames(tmp_path / 'b.mp4'))
    assert len(frames) == 4 and frames[0].shape == (480, 640, 3)
    assert frames[1][200, 100].mean() > 150 > frames[2][200, 100].mean()


def test_sheets(call, tmp_path):
    crop = Crop(np.full((64, 64, 3), 90, np.uint8), None, None)
    for video in ('a', 'b'):
        (tmp_path / 'crops' / video).mkdir(parents=True)
        write_crop(tmp_path / 'crops' / video, 3, crop)
    (tmp_path / 'crops' / 'b' / '3.png').write_bytes(b'no image')
    done = call('browse_crops', tmp_path / 'crops', '--out', tmp_path / 'out', '--workers', 1)
    assert done.returncode == 1 and 'error: b: ' in done.stderr
    (path,) = (tmp_path / 'out').iterdir()
    assert path.name == 'a.png' and cv2.imread(str(path)).shape == (238, 640, 3)
    one = call('browse_crops', tmp_path / 'crops' / 'a', '--out', tmp_path / 'one', '--frames', 1)
    assert one.returncode == 0
    assert (tmp_path / 'one' / 'a.png').read_bytes() == path.read_bytes()
