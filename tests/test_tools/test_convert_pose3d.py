"""The command that converts motion capture."""

import subprocess
import sys

import numpy as np

from vpd_mm.formats import read_poses3d
from vpd_mm.skeletons import SKELETONS


def run(repository, *arguments):
    script = repository / 'tools' / 'data' / 'convert_pose3d.py'
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def test_convert(repository, tmp_path):
    np.savez(
        tmp_path / 'm.npz',
        xyz=np.random.default_rng(0).normal(size=(5, 27, 3)),
        lengths=[2, 3],
        names=['dataset-1_walk_proud_001', 'dataset-1_walk_sad_001'],
        joints=list(SKELETONS['bandai27'].joints),
        up='y',
    )
    result = run(repository, 'bandai27', tmp_path / 'm.npz', '--out', tmp_path / 'set')
    assert result.returncode == 0, result.stderr
    assert '2 sequences, 5 frames; people proud, sad' in result.stdout
    sequences = read_poses3d(tmp_path / 'set')
    assert set(sequences) == {('proud', 'dataset-1_walk_001'), ('sad', 'dataset-1_walk_001')}

    wrong = run(repository, 'kinect20', tmp_path / 'm.npz', '--out', tmp_path / 'other')
    assert wrong.returncode == 1
    assert wrong.stderr.startswith('error: ') and 'Traceback' not in wrong.stderr
