import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vpd_mm.alignment import nearest, pairwise_dtw


@st.composite
def searches(draw):
    """Queries and a library in clusters, with some sequences twice."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = draw(st.sampled_from([1, 3, 8, 20, 64]))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    offset, spread = draw(st.sampled_from([(0, 1), (0, 1e-4), (100, 1), (0, 1000)]))
    centres = rng.normal(size=(4, 20, width))

    def sequence():
        centre = centres[rng.integers(4)][: rng.integers(1, 21)]
        return (offset + spread * (centre + 0.3 * rng.normal(size=centre.shape))).astype(dtype)

    library = [sequence() for _ in range(draw(st.integers(1, 30)))]
    library += [library[i] for i in rng.integers(len(library), size=3)]
    queries = [sequence() for _ in range(3)] + [library[0]]
    return queries, library, draw(st.sampled_from([1, 2, 5, 50]))


def by_comparing_with_all(queries, library, k, step_pattern, metric):
    distance = pairwise_dtw(queries, library, step_pattern, metric)
    index = np.argsort(distance, axis=1, kind='stable')[:, :k]
    distance = np.take_along_axis(distance, index, 1)
    room = ((0, 0), (0, k - index.shape[1]))
    distance = np.pad(distance, room, constant_values=np.inf)
    index = np.pad(index, room, constant_values=-1)
    return distance, np.where(np.isinf(distance), -1, index)


@pytest.mark.parametrize('metric', ['euclidean', 'cosine'])
@pytest.mark.parametrize('step_pattern', ['symmetricP2', 'symmetric2'])
@settings(max_examples=60)
@given(search=searches(), bounds=st.booleans())
def test_pruning_never_changes_a_result(step_pattern, metric, search, bounds):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('vpd_mm.alignment.search.SMALL_LIBRARY', 0)
        for name in ('FEW_QUERIES', 'FEW_PAIRS'):
            patch.setattr(f'vpd_mm.alignment.search.{name}', 0 if bounds else np.inf)
        distance, index = nearest(*search, step_pattern, metric)
    expected_distance, expected_index = by_comparing_with_all(*search, step_pattern, metric)
    assert (distance == expected_distance).all()
    assert (index == expected_index).all()


def test_small_library():
    rng = np.random.default_rng(0)
    library = [rng.normal(size=(length, 3)) for length in (9, 10, 30, 10)]
    found = nearest(library, library, 3)
    expected = by_comparing_with_all(library, library, 3, 'symmetricP2', 'euclidean')
    assert (found[0] == expected[0]).all() and (found[1] == expected[1]).all()
    assert found[1][2].tolist() == [2, -1, -1]


@pytest.mark.parametrize('size', [20, 120])
def test_tensors(size):
    rng = np.random.default_rng(0)
    library = [rng.normal(size=(9, 4)).astype(np.float32) for _ in range(size)]
    tensors = [torch.from_numpy(rows).requires_grad_() for rows in library]
    distance, index = nearest(tensors[:5], tensors, 3)
    expected = nearest(library[:5], library, 3)
    assert (distance == expected[0]).all() and (index == expected[1]).all()


def test_tensors_of_half_precision():
    library = [torch.arange(8.0).view(4, 2) + shift for shift in (0, 1, 4)]  # exact in bfloat16
    found = nearest([library[1].bfloat16()], [rows.bfloat16() for rows in library], 2)
    assert found[1].tolist() == [[1, 0]]
    assert found[0] == pytest.approx(nearest([library[1]], library, 2)[0])


def test_empty_library_and_no_queries():
    distance, index = nearest([np.ones((3, 2))], [], k=2)
    assert distance.tolist() == [[np.inf, np.inf]]
    assert index.tolist() == [[-1, -1]]
    assert nearest([], [np.ones((3, 2))])[0].shape == (0, 1)


def test_errors():
    with pytest.raises(ValueError, match='k is 0'):
        nearest([np.ones((3, 2))], [np.ones((3, 2))], k=0)
    with pytest.raises(ValueError, match='sequence 1 has NaN'):
        nearest([np.ones((3, 2))], [np.full((3, 2), np.nan)])
