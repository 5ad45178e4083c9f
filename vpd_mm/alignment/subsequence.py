"""The places in long sequences that match a short one, wherever they begin and end."""

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np

from .blocks import BLOCK_COLUMNS, BLOCK_ROWS
from .pairwise import run_in_threads
from .sequences import Sequences, pack
from .subsequence_kernels import FREE_STEPS, match_ends


def find_subsequences(
    query: np.ndarray,
    sequences: Sequence[np.ndarray],
    k: int = 10,
    metric: str = 'euclidean',
    workers: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Find the k stretches of long sequences that are nearest to a query and do not overlap.

    Dynamic time warping with an open beginning and end (``asymmetricP2``; Sakoe and Chiba, 1978):
    the slope of the path lies between 2/3 and 3/2 as with ``symmetricP2``, and each frame of the
    query weighs 1, so that stretches of different lengths compare fairly. The nearest stretch is
    taken first, then the nearest of those that overlap none taken before, and so on. Memory
    grows with the length of the longest sequence, not with its product with the query's.

    Args:
        query: (T, D).
        sequences: n arrays (U_i, D); empty ones are passed over.
        k: How many to find at most.
        metric: Distance of frames, ``'euclidean'`` or ``'cosine'``.
        workers: Threads, a sequence each. Defaults to the number of processors.

    Returns:
        Arrays (K,), K <= k, the nearest first: distances, mean cost of a frame of the query; the
        numbers of the sequences; first frames; and frames after the last. Among equal distances
        the first sequence and the first end come first.

    Raises:
        ValueError: If k is below 1, a sequence has NaN or another D, or the query is empty.

    Example:
        >>> find_subsequences(np.ones((2, 1)), [np.array([[0.0], [1], [1], [0]])], k=1)
        (array([0.]), array([0]), array([1]), array([3]))
    """
    if k < 1:
        raise ValueError(f'k is {k}; give 1 or more.')
    filled = [number for number, sequence in enumerate(sequences) if len(sequence)]
    first, second = pack([[query], [sequences[number] for number in filled]], metric)
    found: list[list[tuple]] = [[] for _ in filled]

    def search(place: int) -> None:
        found[place] = search_one(first, second, place, k, metric == 'euclidean')

    run_in_threads(search, range(len(filled)), workers)
    rows = sorted(
        (distance, number, start, end)
        for number, matches in zip(filled, found, strict=True)
        for distance, end, start in matches
    )[:k]
    distance, *places = zip(*rows, strict=True) if rows else ((), (), (), ())
    return np.array(distance, np.float64), *(np.array(place, np.int64) for place in places)


def search_one(
    query: Sequences, library: Sequences, place: int, k: int, square_root: bool
) -> list[tuple[float, int, int]]:
    """List (distance, end, start) of up to k stretches of one sequence, the nearest first.

    Once a stretch is taken, only paths that end soon after it can have begun within or before it:
    these are sought again behind it, so that what is left is still the nearest.
    """
    n, length, columns = query.longest, int(library.length[place]), library.columns(place)
    reach = 3 * n // 2 + 3
    distance, begin = best_ends(query, columns, 0, length, square_root)
    waiting = [(distance[end], end + 1, int(begin[end])) for end in range(length)]
    waiting = [match for match in waiting if match[0] < np.inf]
    waiting.sort()  # a sorted list is a heap
    taken = np.zeros(length + 1, bool)
    found = []
    while waiting and len(found) < k:
        match = heappop(waiting)
        _, end, start = match
        if taken[start:end].any():
            continue
        found.append(match)
        taken[start:end] = True
        after = np.flatnonzero(taken[end : end + reach])
        room = min(int(after[0]) if len(after) else reach, length - end)
        if room > 0:
            again, began = best_ends(query, columns, end, room, square_root)
            for step in np.flatnonzero(again < np.inf):
                heappush(waiting, (again[step], end + int(step) + 1, end + int(began[step])))
    return found


def best_ends(
    query: Sequences, columns: np.ndarray, start: int, length: int, square_root: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Give the distance of the best path that ends at each frame, and where it begins."""
    n = query.longest
    total = np.empty((4, length + 3))
    begin = np.zeros((4, length + 3), np.int64)
    cost = np.empty((2 * BLOCK_ROWS, length + BLOCK_COLUMNS), columns.dtype)
    match_ends(query.rows, n, columns, start, length, square_root, cost, total, begin)
    row = (n - 1) % 4
    return total[row, 3:] / n, begin[row, 3:]


def subsequence_path(
    query: np.ndarray, sequence: np.ndarray, metric: str = 'euclidean'
) -> tuple[float, np.ndarray, np.ndarray]:
    """Distance and alignment of a query with the stretch of a sequence that is nearest to it.

    Args:
        query: (T, D).
        sequence: (U, D), long or cut to the stretch.
        metric: ``'euclidean'`` or ``'cosine'``.

    Returns:
        The distance as :func:`find_subsequences` gives it, and two int64 arrays (P,): frame
        ``index1[p]`` of the query goes with frame ``index2[p]`` of the sequence. Both are empty
        where the sequence is too short.

    Raises:
        ValueError: If a sequence is empty or has NaN, or the metric is unknown.
    """
    first, second = pack([[np.asarray(query)], [np.asarray(sequence)]], metric)
    n, m = first.longest, second.longest
    total, begin = np.empty((max(n, 4), m + 3)), np.zeros((max(n, 4), m + 3), np.int64)
    cost = np.empty((n + BLOCK_ROWS, m + BLOCK_COLUMNS), second.rows.dtype)
    match_ends(first.rows, n, second.columns(0), 0, m, metric == 'euclidean', cost, total, begin)
    end = int(total[n - 1, 3:].argmin())
    if total[n - 1, end + 3] == np.inf:
        return np.inf, np.zeros(0, np.int64), np.zeros(0, np.int64)
    cells = _trace_back(cost[:n, :m], total[:n, 3:], end)
    index1, index2 = np.array(cells[::-1]).T
    return float(total[n - 1, end + 3] / n), index1.copy(), index2.copy()


def _trace_back(cost: np.ndarray, total: np.ndarray, end: int) -> list[tuple[int, int]]:
    """List the cells of the best path from the last to the first."""
    i, j = len(total) - 1, end
    cells = [(i, j)]
    while i:
        best, passed, origin = np.inf, (), (i, j)
        for (back_i, back_j), between, weight in FREE_STEPS:
            if i < back_i or j < back_j:
                continue
            along = float(cost[i, j]) + sum(float(cost[i - p, j - q]) for p, q in between)
            candidate = total[i - back_i, j - back_j] + weight * along
            if candidate < best:
                best, passed, origin = candidate, between, (i - back_i, j - back_j)
        cells += [(i - p, j - q) for p, q in passed]
        cells.append(origin)
        i, j = origin
    return cells
