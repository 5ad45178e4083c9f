"""The alignment itself: which frame goes with which."""

import numpy as np

from .blocks import BLOCK_ROWS
from .kernels import INF, warp
from .sequences import check_step_pattern, pack

# Steps back to the cell that a path comes from, and the cells passed on the way.
STEPS = {
    'symmetricP2': (
        ((-2, -3), ((-1, -2), (0, -1))),
        ((-1, -1), ()),
        ((-3, -2), ((-2, -1), (-1, 0))),
    ),
    'symmetric2': (((-1, -1), ()), ((0, -1), ()), ((-1, 0), ())),
}


def dtw_path(
    a: np.ndarray, b: np.ndarray, step_pattern: str = 'symmetricP2', metric: str = 'euclidean'
) -> tuple[float, np.ndarray, np.ndarray]:
    """Distance and alignment of two sequences.

    Args:
        a: (T, D).
        b: (U, D).
        step_pattern: ``'symmetricP2'`` or ``'symmetric2'``.
        metric: ``'euclidean'`` or ``'cosine'``.

    Returns:
        The distance as :func:`dtw_distance` gives it, and two int64 arrays (P,): frame
        ``index1[p]`` of a goes with frame ``index2[p]`` of b, from the first frames to the last.
        Both are empty where no path is admitted.

    Raises:
        ValueError: If a sequence is empty or has NaN, or an argument is unknown.

    Example:
        >>> dtw_path(np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]))
        (0.0, array([0, 1]), array([0, 1]))
    """
    check_step_pattern(step_pattern)
    first, second = pack([[np.asarray(a)], [np.asarray(b)]], metric)
    n, m = first.longest, second.longest
    cost = np.zeros((n + 2 + BLOCK_ROWS, m + 21), first.rows.dtype)
    total = np.empty((max(n, 4), m + 19))
    distance = warp(
        first.rows, 0, n, second.columns(0), m,
        step_pattern == 'symmetricP2', metric == 'euclidean', INF, cost, total,
    )  # fmt: skip
    if distance == INF:
        return distance, np.zeros(0, np.int64), np.zeros(0, np.int64)
    cells = _trace_back(cost[2 : n + 2, 2 : m + 2], total[:n, 3 : m + 3], STEPS[step_pattern])
    index1, index2 = np.array(cells[::-1]).T
    return distance, index1.copy(), index2.copy()


def _trace_back(cost: np.ndarray, total: np.ndarray, steps: tuple) -> list[tuple[int, int]]:
    """List the cells of the best path from the last to the first."""
    i, j = total.shape[0] - 1, total.shape[1] - 1
    cells = [(i, j)]
    while i or j:
        best, passed, origin = INF, (), (0, 0)
        for (back_i, back_j), between in steps:
            if i + back_i < 0 or j + back_j < 0:
                continue
            weight = 1 + (back_i == back_j == -1)
            along = sum(2 * float(cost[i + p, j + q]) for p, q in between)
            candidate = total[i + back_i, j + back_j] + along + weight * float(cost[i, j])
            if candidate < best:
                best, passed, origin = candidate, between, (i + back_i, j + back_j)
        cells += [(i + p, j + q) for p, q in reversed(passed)]
        cells.append(origin)
        i, j = origin
    return cells
