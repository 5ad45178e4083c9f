import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vpd_mm.formats import FormatError, read_embeddings, write_embeddings


@settings(max_examples=25)
@given(
    embedding=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 5)),
        elements=st.floats(-100, 100, width=32),
    )
)
def test_embeddings_round_trip_exactly(embedding, tmp_path_factory):
    path = tmp_path_factory.mktemp('emb') / 'a.emb.pkl'
    frame = np.arange(len(embedding)) * 3
    meta = [{'kp_score': np.float32(0.5), 'is_mean': True} for _ in frame]
    write_embeddings(path, frame, embedding, meta)
    read = read_embeddings(path)
    assert len(read) == len(frame)
    assert np.array_equal(read.frame, frame) and read.frame.dtype == np.int64
    assert np.array_equal(read.embedding, embedding) and read.embedding.dtype == np.float32
    assert read.meta == [{'kp_score': 0.5, 'is_mean': True}] * len(frame)


@pytest.mark.parametrize(('views', 'row_shape'), [(1, (4,)), (2, (2, 4))])
def test_written_rows_are_plain(tmp_path, views, row_shape):
    write_embeddings(tmp_path / 'a.emb.pkl', np.array([7]), np.ones((1, views, 4)))
    ((frame, row, meta),) = pickle.loads((tmp_path / 'a.emb.pkl').read_bytes())
    assert type(frame) is int and frame == 7
    assert row.shape == row_shape and row.dtype == np.float32
    assert meta == {}


def test_flat_rows_are_one_view(tmp_path):
    write_embeddings(tmp_path / 'a.emb.pkl', [1, 2], np.ones((2, 4)))
    assert read_embeddings(tmp_path / 'a.emb.pkl').embedding.shape == (2, 1, 4)


def test_no_rows(tmp_path):
    write_embeddings(tmp_path / 'a.emb.pkl', [], np.zeros((0, 2, 4)))
    assert read_embeddings(tmp_path / 'a.emb.pkl').embedding.shape == (0, 1, 0)


def test_lengths_must_agree(tmp_path):
    with pytest.raises(ValueError, match='differ in number'):
        write_embeddings(tmp_path / 'a.emb.pkl', [1], np.ones((2, 4)))


ROW = np.ones(3, np.float32)


@pytest.mark.parametrize(
    'content',
    [
        {},
        [1],
        [(0, ROW)],
        [(0, [1.0], {})],
        [(0, ROW, None)],
        [(0, ROW, {}), (1, ROW[:2], {})],
        [(0.5, ROW, {})],
        [(-1, ROW, {})],
        [('0', ROW, {})],
        [(0, np.array(['a']), {})],
        [(0, np.ones((1, 1, 1)), {})],
        [(0, np.float32(1) * np.ones(()), {})],
    ],
)
def test_rows_of_another_form_are_one_error(tmp_path, content):
    path = tmp_path / 'a.emb.pkl'
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(FormatError, match=r'a\.emb\.pkl: '):
        read_embeddings(path)
