"""The benchmark of the student's training runs and prints all of its figures."""

import os
import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.formats import Crop, open_crops, write_crop


@pytest.fixture
def crops(tmp_path):
    rng = np.random.default_rng(0)
    for video in ('a', 'b', 'left_out'):
        folder = tmp_path / 'crops' / video
        folder.mkdir(parents=True)
        for frame in range(8):
            rgb, flow = (rng.integers(0, 256, (16, 16, c), np.uint8) for c in (3, 2))
            write_crop(folder, frame, Crop(rgb, flow, rgb[..., 0] > 99))
    return tmp_path / 'crops'


def run(repository, *args):
    script = repository / 'tools' / 'benchmarks' / 'student_training.py'
    config = repository / 'configs' / 'vpd' / 'vpd_r18_motion_fs.py'
    return subprocess.run(
        [sys.executable, script, config, *args],
        env=dict(os.environ, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
    )


def test_figures(repository, crops):
    assert len(open_crops(crops).videos) == 3
    how = '--iterations 1 --turns 1 --batch-size 3 --workers 0 --size 32 --crop-count 10'
    result = run(repository, crops, *how.split())
    assert result.returncode == 0, result.stderr
    for part in ('read', 'transfer', 'augment', 'forward, backward'):
        assert part in result.stdout
    lines = result.stdout.splitlines()
    assert sum('images/s' in line for line in lines) == 3
    assert '1.00 times the plain way' in lines[-1]


def test_no_crops(repository, tmp_path):
    result = run(repository, tmp_path / 'none')
    assert result.returncode == 1
    assert 'there are no crops here' in result.stderr and 'Traceback' not in result.stderr
