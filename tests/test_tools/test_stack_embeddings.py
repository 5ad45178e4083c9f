"""`tools/data/stack_embeddings.py`: good videos are written, the others are told."""

import subprocess
import sys

import numpy as np

from vpd_mm.formats import read_embeddings, write_embeddings


def test_videos_with_a_bad_one(repository, tmp_path):
    for folder, size in (('a', 2), ('b', 3)):
        for video in ('good', 'bad'):
            write_embeddings(tmp_path / folder / f'{video}.emb.pkl', [0], np.ones((1, size)))
    (tmp_path / 'b' / 'bad.emb.pkl').unlink()
    command = [sys.executable, 'tools/data/stack_embeddings.py', tmp_path / 'a', tmp_path / 'b']
    result = subprocess.run(
        [*command, '--out', tmp_path / 'out'], cwd=repository, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert 'bad.emb.pkl' in result.stderr and 'Traceback' not in result.stderr
    assert read_embeddings(tmp_path / 'out' / 'good.emb.pkl').embedding.shape == (1, 1, 5)
    assert not (tmp_path / 'out' / 'bad.emb.pkl').exists()
