"""Embeddings of several teachers as one."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.stacking import stack_embeddings
from vpd_mm.formats import Embeddings, read_embeddings


def rows(frame, size, views=1, **meta):
    embedding = np.array(frame, float)[:, None, None] + np.zeros((views, size))
    return Embeddings(np.array(frame), embedding, [dict(meta) for _ in frame])


def test_common_frames_with_the_smallest_score():
    stacked = stack_embeddings(
        [rows([4, 0, 2], 2, kp_score=0.7, is_mean=True), rows([2, 3, 4], 3), rows([4, 2], 1)]
    )
    assert stacked.frame.tolist() == [2, 4]
    assert stacked.embedding[:, 0].tolist() == [[2.0] * 6, [4.0] * 6]
    assert stacked.meta == [dict(kp_score=0.5, is_mean=True)] * 2


def test_nothing_in_common():
    assert stack_embeddings([rows([0], 2), rows([1], 3)]).embedding.shape == (0, 1, 5)


def test_errors():
    with pytest.raises(ValueError, match='several rows'):
        stack_embeddings([rows([0, 1], 2), rows([1, 1], 2)])
    with pytest.raises(ValueError, match='mirrored'):
        stack_embeddings([rows([0], 2), rows([0], 2, views=2)])


def test_golden(golden, golden_dir):
    """The teacher on the poses as they are, and upside down."""
    folders = (golden_dir / 'formats' / name for name in ('emb_default', 'emb_invert'))
    stacked = stack_embeddings([read_embeddings(f / 'clip_b.emb.pkl') for f in folders])
    expected = read_embeddings(golden_dir / 'formats' / 'emb_stacked' / 'clip_b.emb.pkl')
    np.testing.assert_array_equal(stacked.embedding, expected.embedding)
    np.testing.assert_array_equal(stacked.embedding, golden('12_formats')['out_stacked_embs'])
    assert stacked.meta == expected.meta
    assert stacked.frame.tolist() == expected.frame.tolist()
