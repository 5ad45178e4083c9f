import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpd_mm.alignment import dtw_distance, dtw_path, pairwise_dtw

PATTERNS = ['symmetricP2', 'symmetric2']
METRICS = ['euclidean', 'cosine']

# Each step: where it comes from and the cells it counts, as steps back, with their weights.
STEPS = {
    'symmetricP2': [
        ((2, 3), [(1, 2, 2), (0, 1, 2), (0, 0, 1)]),
        ((1, 1), [(0, 0, 2)]),
        ((3, 2), [(2, 1, 2), (1, 0, 2), (0, 0, 1)]),
    ],
    'symmetric2': [
        ((1, 1), [(0, 0, 2)]),
        ((0, 1), [(0, 0, 1)]),
        ((1, 0), [(0, 0, 1)]),
    ],
}


def frame_distances(a, b, metric):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if metric == 'euclidean':
        return np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))
    norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
    cosine = np.where(norms > 0, a @ b.T / np.where(norms > 0, norms, 1), 0)
    return np.where(~a.any(1)[:, None] & ~b.any(1), 0, 1 - cosine)


def slow_dtw(a, b, step_pattern, metric):
    """The definition, cell by cell."""
    cost = frame_distances(a, b, metric)
    total = np.full(cost.shape, np.inf)
    total[0, 0] = cost[0, 0]
    for i, j in np.ndindex(cost.shape):
        for (back_i, back_j), cells in STEPS[step_pattern]:
            if i >= back_i and j >= back_j and (i or j):
                along = sum(weight * cost[i - p, j - q] for p, q, weight in cells)
                total[i, j] = min(total[i, j], total[i - back_i, j - back_j] + along)
    return total[-1, -1] / sum(cost.shape)


@st.composite
def groups(draw):
    """Two short lists of sequences with as many features, some frames zero or repeated."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    width = draw(st.sampled_from([1, 2, 7, 8, 9, 40]))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    lengths = st.lists(st.integers(1, 33), min_size=1, max_size=3)

    def sequence(length):
        rows = rng.normal(size=(length, width)) * (rng.random((length, 1)) > 0.2)
        return rows[np.sort(rng.integers(length, size=length))].astype(dtype)

    return [[sequence(length) for length in draw(lengths)] for _ in range(2)]


@pytest.mark.parametrize('metric', METRICS)
@pytest.mark.parametrize('step_pattern', PATTERNS)
@settings(max_examples=30)
@given(pair=groups())
def test_equals_the_definition(step_pattern, metric, pair):
    first, second = pair
    found = pairwise_dtw(first, second, step_pattern, metric)
    expected = [[slow_dtw(a, b, step_pattern, metric) for b in second] for a in first]
    assert found == pytest.approx(np.array(expected), abs=1e-6)


@pytest.mark.parametrize('step_pattern', PATTERNS)
@settings(max_examples=25)
@given(pair=groups())
def test_all_pairs_of_a_list(step_pattern, pair):
    seqs = [*pair[0], *pair[1]]
    found = pairwise_dtw(seqs, step_pattern=step_pattern)
    assert found == pytest.approx(pairwise_dtw(seqs, seqs, step_pattern), abs=1e-6)
    assert (found == found.T).all()
    assert (found.diagonal() == 0).all()


@pytest.mark.parametrize('metric', METRICS)
@pytest.mark.parametrize('step_pattern', PATTERNS)
@settings(max_examples=25)
@given(pair=groups())
def test_path_adds_up_to_the_distance(step_pattern, metric, pair):
    a, b = pair[0][0], pair[1][0]
    distance, index1, index2 = dtw_path(a, b, step_pattern, metric)
    assert distance == dtw_distance(a, b, step_pattern, metric)
    if distance == np.inf:
        assert len(index1) == len(index2) == 0
        return
    assert (index1[0], index2[0]) == (0, 0)
    assert (index1[-1], index2[-1]) == (len(a) - 1, len(b) - 1)
    steps = np.stack([np.diff(index1), np.diff(index2)], 1)
    assert {tuple(step) for step in steps} <= {(1, 1), (0, 1), (1, 0)}
    # A cell weighs as much as the step that leads to it is long.
    cost = frame_distances(a, b, metric)[index1, index2]
    assert (np.r_[1, steps.sum(1)] @ cost) / (len(a) + len(b)) == pytest.approx(distance, abs=1e-6)


@pytest.mark.parametrize('step_pattern', PATTERNS)
def test_equals_dtw_python(step_pattern):
    dtw = pytest.importorskip('dtw')
    rng = np.random.default_rng(0)
    for n, m in [(1, 1), (2, 2), (3, 4), (4, 4), (20, 29), (21, 17), (75, 60)]:
        a, b = rng.normal(size=(n, 64)), rng.normal(size=(m, 64))
        cost = frame_distances(a, b, 'euclidean')
        expected = dtw.dtw(cost, step_pattern=step_pattern)
        distance, index1, index2 = dtw_path(a, b, step_pattern)
        assert distance == pytest.approx(expected.normalizedDistance, abs=1e-9)
        assert list(index1) == list(expected.index1)
        assert list(index2) == list(expected.index2)


def test_slope_limit():
    ones = [np.ones((length, 3)) for length in range(1, 14)]
    steps = np.arange(13)
    admitted = (2 * steps[:, None] <= 3 * steps) & (2 * steps <= 3 * steps[:, None])
    assert (np.isfinite(pairwise_dtw(ones)) == admitted).all()
    assert np.isfinite(pairwise_dtw(ones, step_pattern='symmetric2')).all()


@pytest.mark.parametrize('workers', [1, 2, 5])
def test_threads_change_nothing(workers):
    rng = np.random.default_rng(1)
    seqs = [rng.normal(size=(length, 16)).astype('f4') for length in rng.integers(5, 30, 41)]
    assert (pairwise_dtw(seqs, workers=workers) == pairwise_dtw(seqs, workers=3)).all()


def test_far_from_the_origin_small_distances_are_exact():
    rng = np.random.default_rng(2)
    a, b = (1000 + 1e-3 * rng.normal(size=(2, 20, 64))).astype('f4')
    for step_pattern in PATTERNS:
        expected = slow_dtw(a, b, step_pattern, 'euclidean')
        assert dtw_distance(a, b, step_pattern) == pytest.approx(expected, rel=1e-6)


def test_empty_lists():
    assert pairwise_dtw([]).shape == (0, 0)
    assert pairwise_dtw([np.ones((2, 3))], []).shape == (1, 0)
    assert pairwise_dtw([], [np.ones((2, 3))]).shape == (0, 1)


@pytest.mark.parametrize(
    'arguments, message',
    [
        (([np.zeros((0, 3))],), 'sequence 0 has shape'),
        (([np.zeros(3)],), 'sequence 0 has shape'),
        (([np.ones((2, 3)), np.ones((2, 4))],), 'sequence 1 has 4 features'),
        (([np.ones((2, 3))], [np.full((2, 3), np.nan)]), 'sequence 1 has NaN'),
        (([np.ones((2, 3))], None, 'symmetric1'), "step_pattern is 'symmetric1'"),
        (([np.ones((2, 3))], None, 'symmetric2', 'manhattan'), "metric is 'manhattan'"),
        (([np.ones((2, 3))], None, 'symmetric2', 'cosine', 0), 'workers is 0'),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        pairwise_dtw(*arguments)
