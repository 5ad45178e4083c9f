import numpy as np
import pytest

from vpd_mm.alignment import find_subsequences, subsequence_path

THIRDS = 2 / 3


def local_costs(query, sequence):
    return np.linalg.norm(query[:, None].astype(float) - sequence[None].astype(float), axis=-1)


def slow_ends(query, sequence):
    """Cost per query frame and beginning of the best path to each end, cell by cell."""
    cost = local_costs(query, sequence)
    n, m = cost.shape
    total = np.full((n, m), np.inf)
    begin = np.zeros((n, m), int)
    total[0], begin[0] = cost[0], np.arange(m)
    for i in range(1, n):
        for j in range(m):
            ways = []
            if j >= 1:
                ways.append((total[i - 1, j - 1] + cost[i, j], begin[i - 1, j - 1]))
            if i >= 2 and j >= 3:
                along = cost[i - 1, j - 2] + cost[i, j - 1] + cost[i, j]
                ways.append((total[i - 2, j - 3] + THIRDS * along, begin[i - 2, j - 3]))
            if i >= 3 and j >= 2:
                along = cost[i - 2, j - 1] + cost[i - 1, j] + cost[i, j]
                ways.append((total[i - 3, j - 2] + along, begin[i - 3, j - 2]))
            if ways:
                total[i, j], begin[i, j] = min(ways)
    return total[-1] / n, begin[-1]


def slow_find(query, sequences, k):
    """Take the nearest stretch of all that is left, split there, and search again."""
    parts = [(number, 0, sequence) for number, sequence in enumerate(sequences)]
    found = []
    while parts and len(found) < k:
        best = None
        for part, (number, offset, sequence) in enumerate(parts):
            if len(sequence):
                distance, begin = slow_ends(query, sequence)
                end = int(distance.argmin())
                row = (distance[end], number, offset + int(begin[end]), offset + end + 1, part)
                best = row if best is None else min(best, row)
        if best is None or best[0] == np.inf:
            break
        found.append(best[:4])
        number, offset, sequence = parts.pop(best[4])
        parts.append((number, offset, sequence[: best[2] - offset]))
        parts.append((number, best[3], sequence[best[3] - offset :]))
    return tuple(np.array(column) for column in zip(*found, strict=True))


@pytest.mark.parametrize('n', [1, 2, 3, 4, 5, 8, 13])
@pytest.mark.parametrize('dtype', [np.float32, np.float64])
def test_against_a_slow_search(n, dtype):
    rng = np.random.default_rng(n)
    query = rng.normal(size=(n, 5)).astype(dtype)
    sequences = [rng.normal(size=(length, 5)).astype(dtype) for length in (70, 1, 33, 0)]
    found = find_subsequences(query, sequences, 12)
    expected = slow_find(query, sequences, 12)
    assert len(found[0]) == len(expected[0]) >= 5
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-5)
    for own, other in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_array_equal(own, other)


def test_one_sequence_to_its_end():
    rng = np.random.default_rng(5)
    query, sequence = rng.normal(size=(6, 3)), rng.normal(size=(200, 3))
    distance, number, start, end = find_subsequences(query, [sequence], 1000, workers=1)
    expected = slow_find(query, [sequence], 1000)
    np.testing.assert_allclose(distance, expected[0])
    assert (np.diff(distance) >= 0).all() and not number.any()
    covered = np.zeros(200, int)
    for a, b in zip(start, end, strict=True):
        covered[a:b] += 1
        assert 4 <= b - a <= 9
    assert covered.max() == 1


@pytest.mark.parametrize('pair', [(1, 1), (4, 9), (10, 60), (25, 40)])
def test_against_dtw_python(pair):
    dtw = pytest.importorskip('dtw')
    rng = np.random.default_rng(sum(pair))
    query, sequence = (rng.normal(size=(length, 4)) for length in pair)
    cost = np.pad(local_costs(query, sequence), ((0, 0), (1, 0)), constant_values=1e6)
    # dtw-python does not begin in the first column
    other = dtw.dtw(cost, step_pattern='asymmetricP2', open_begin=True, open_end=True)
    distance, index1, index2 = subsequence_path(query, sequence)
    assert distance == pytest.approx(other.normalizedDistance)
    found = find_subsequences(query, [sequence], 1)
    assert found[0][0] == pytest.approx(distance)
    assert (found[2][0], found[3][0] - 1) == (index2[0], index2[-1])
    assert index2[-1] == other.index2[-1] - 1
    assert (index1[0], index1[-1]) == (0, len(query) - 1)


def test_finds_a_warped_copy():
    rng = np.random.default_rng(1)
    query = rng.normal(size=(30, 8)).cumsum(0)
    slow = np.stack([np.interp(np.linspace(0, 29, 41), np.arange(30), q) for q in query.T], 1)
    long = rng.normal(size=(500, 8)).cumsum(0) + 40
    long[100:130], long[300:341] = query, slow
    distance, _, start, end = find_subsequences(query, [long], 2)
    assert abs(start - [100, 300]).max() <= 1 and abs(end - [130, 341]).max() <= 1
    assert distance[0] == pytest.approx(0, abs=1e-6)


def test_cosine_does_not_see_lengths():
    rng = np.random.default_rng(1)
    query, long = rng.normal(size=(9, 4)), rng.normal(size=(60, 4))
    long[20:29] = 7 * query
    distance, _, start, end = find_subsequences(query, [long], 1, 'cosine')
    assert (start[0], end[0]) == (20, 29) and distance[0] == pytest.approx(0, abs=1e-12)


def test_too_short_and_errors():
    query = np.zeros((10, 3))
    assert [len(part) for part in find_subsequences(query, [np.zeros((5, 3))])] == [0] * 4
    assert find_subsequences(query, [])[0].shape == (0,)
    assert subsequence_path(query, np.zeros((5, 3)))[0] == np.inf
    with pytest.raises(ValueError, match='k is 0'):
        find_subsequences(query, [query], 0)
    with pytest.raises(ValueError, match='has 2 features a frame'):
        find_subsequences(query, [np.zeros((20, 2))])
    with pytest.raises(ValueError, match='NaN'):
        find_subsequences(query, [np.full((20, 3), np.nan)])
