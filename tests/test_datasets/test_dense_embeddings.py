import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpd_mm.datasets.dense_embeddings import dense_embeddings, normalize_rows


def test_nearer_frame_weighs_more():
    dense, own = dense_embeddings(np.array([4, 1]), np.array([[4.0], [1.0]], np.float32))
    assert dense.ravel().tolist() == [0, 1, 2, 3, 4]
    assert own.tolist() == [False, True, False, False, True]
    assert dense.dtype == np.float32


def test_duplicates_are_averaged():
    dense, _ = dense_embeddings(np.array([0, 0]), np.array([[1.0], [3.0]]))
    assert dense.tolist() == [[2.0]]


def test_no_rows():
    dense, own = dense_embeddings(np.zeros(0, int), np.zeros((0, 2, 3), np.float32))
    assert dense.shape == (0, 2, 3)
    assert own.shape == (0,)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True))
def test_agrees_with_interpolation(frames):
    frames = np.array(frames)
    values = np.cos(frames.astype(np.float64))
    dense, own = dense_embeddings(frames, values[:, None])
    order = np.argsort(frames)
    every = np.arange(frames.max() + 1)
    expected = np.interp(every, frames[order], values[order])
    expected[: frames.min()] = 0
    assert dense[:, 0] == pytest.approx(expected)
    assert np.flatnonzero(own).tolist() == sorted(frames)


def test_zero_rows_stay_zero():
    rows = np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)
    assert normalize_rows(rows) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
    assert normalize_rows(rows).dtype == np.float32
