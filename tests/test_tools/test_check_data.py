"""`tools/data/check_data.py`: a table, a JSON and the status."""

import json
import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.formats import VideoMeta, write_meta, write_poses, write_video
from vpd_mm.formats.poses import Poses


@pytest.fixture
def root(tmp_path):
    """Two videos, one of which has poses."""
    for video in ('a', 'b'):
        path = tmp_path / 'videos' / f'{video}.mp4'
        write_video(path, [np.zeros((32, 32, 3), np.uint8)] * 4, 25)
    columns = np.arange(3), np.ones(3), np.ones((3, 4)), np.ones((3, 17, 3))
    write_poses(tmp_path / 'pose' / 'a', Poses(*columns))
    write_meta(tmp_path / 'pose' / 'a', VideoMeta(25, 4, 32, 32))
    return tmp_path


@pytest.fixture
def check(repository):
    def check(*args):
        return subprocess.run(
            [sys.executable, 'tools/data/check_data.py', *map(str, args), '--workers', '1'],
            cwd=repository,
            capture_output=True,
            text=True,
        )

    return check


def test_table_and_json(root, check):
    result = check(root, '--json', root / 'report.json', '--deep')
    assert result.returncode == 0, result.stderr
    rows = [line.split() for line in result.stdout.splitlines() if line[:2] in ('vi', 'a ', 'b ')]
    assert rows[0][:4] == ['video', 'fps', 'video', 'poses']
    assert rows[1][:4] == ['a', '25', '4', '3'] and rows[2][:4] == ['b', '25', '4', '-']
    assert '2 videos; video 2, poses 1, boxes 0' in result.stdout
    assert json.loads((root / 'report.json').read_text())['a']['frames'] == dict(video=4, poses=3)


def test_status_and_sentences(root, check):
    (root / 'pose' / 'a' / 'coco_keypoints.json.gz').write_bytes(b'')
    result = check(root)
    assert result.returncode == 1 and 'Traceback' not in result.stderr
    assert 'error: a: ' in result.stderr and 'coco_keypoints.json.gz' in result.stderr
    nowhere = check(root / 'nowhere')
    assert nowhere.returncode == 1 and 'there is no such folder' in nowhere.stderr
