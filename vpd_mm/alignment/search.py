"""The nearest sequences of a library, without comparing with all of them."""

from collections.abc import Sequence

import numpy as np

from .pairwise import is_tensor, pairwise_dtw, run_in_threads
from .search_kernels import box_segments, nearest_rows
from .sequences import Sequences, check_step_pattern, pack

# Principal directions in which pairs are compared first, and rows from which they are computed.
DIRECTIONS = 7
SEGMENT = 4
SAMPLE_ROWS = 2000
# With fewer, the bounds take longer to prepare than they save.
FEW_QUERIES, FEW_PAIRS = 10, 2000
# With fewer sequences all are compared.
SMALL_LIBRARY = 100
# Rounding must not make a lower bound larger than the distance.
RELATIVE_SLACK = ABSOLUTE_SLACK = 1e-5


def nearest(
    queries: Sequence[np.ndarray],
    library: Sequence[np.ndarray],
    k: int = 1,
    step_pattern: str = 'symmetricP2',
    metric: str = 'euclidean',
    workers: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Find the k nearest sequences of a library; the result is that of comparing with all.

    Frames are projected onto the principal directions of the library, and the length of what is
    left is one number more; that makes no distance of two frames larger. The boxes about short
    segments of the projected sequences give a lower bound of their distance, at a fraction of the
    work. Candidates are taken in the order of these bounds, until a bound exceeds the k-th
    distance found; one whose sums exceed it earlier is given up. For few queries or pairs, where
    preparing the bounds takes longer than they save, that alone has to do; a small library is
    compared with as a whole.

    Args:
        queries: q sequences (T_i, D), NumPy arrays or torch tensors; the latter are searched on the
            CPU.
        library: n sequences (U_j, D).
        k: How many to find.
        step_pattern: ``'symmetricP2'`` or ``'symmetric2'``.
        metric: ``'euclidean'`` or ``'cosine'``.
        workers: Threads. Defaults to the number of processors.

    Returns:
        Distances (q, k) float64, ascending, and indices in the library (q, k) int64; equal
        distances are in the order of the library. Where fewer than k have an admitted path, the
        distance is ``inf`` and the index -1.

    Raises:
        ValueError: If k is below 1, a sequence is empty or has NaN, or an argument is unknown.

    Example:
        >>> nearest([np.zeros((4, 2))], [np.ones((4, 2)), np.zeros((5, 2))])
        (array([[0.]]), array([[1]]))
    """
    check_step_pattern(step_pattern)
    if k < 1:
        raise ValueError(f'k is {k}; give 1 or more.')
    queries, library = as_arrays(queries), as_arrays(library)
    if len(library) < SMALL_LIBRARY:
        distance = pairwise_dtw(queries, library, step_pattern, metric, workers)
        return k_smallest(distance, k)
    exact = pack([queries, library], metric)
    distance = np.full((len(queries), k), np.inf)
    index = np.full((len(queries), k), -1, np.int64)
    if not len(queries) or not len(library):
        return distance, index
    first, second = exact
    boxes, slack = surround(*exact)
    arrays = (first.rows, first.start, first.length, second.rows, second.start, second.length)
    options = (SEGMENT, RELATIVE_SLACK, slack, step_pattern == 'symmetricP2', metric == 'euclidean')
    run_in_threads(
        lambda query: nearest_rows(*arrays, *boxes, *options, query, distance[query], index[query]),
        range(len(queries)),
        workers,
    )
    return distance, index


def as_arrays(sequences: Sequence) -> list[np.ndarray]:
    """Give tensors as arrays, those of half precision as float32, and arrays as they are."""
    return [_as_array(rows) if is_tensor(rows) else rows for rows in sequences]


def _as_array(rows) -> np.ndarray:
    half = rows.element_size() == 2  # NumPy has no bfloat16
    return (rows.float() if half else rows).detach().cpu().numpy()


def k_smallest(distance: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Sort the rows of all distances (q, n) and give the beginnings as `nearest` does."""
    index = np.argsort(distance, axis=1, kind='stable')[:, :k]
    distance = np.take_along_axis(distance, index, 1)
    missing = ((0, 0), (0, k - index.shape[1]))
    distance = np.pad(distance, missing, constant_values=np.inf)
    index = np.pad(index, missing, constant_values=-1)
    return distance, np.where(np.isinf(distance), -1, index)


def surround(queries: Sequences, library: Sequences) -> tuple[list[np.ndarray], float]:
    """Project the rows of both onto the principal directions of the library; box the segments.

    Returns:
        For each of both the lowest and the highest corners (boxes, 8) and the first box of every
        sequence; then how far rounding may raise a distance. No boxes for few queries or pairs.
    """
    if len(queries) < FEW_QUERIES or len(queries) * len(library) < FEW_PAIRS:
        corners, first = np.empty((0, 8)), np.empty(0, np.int64)
        return [corners, corners, first] * 2, 0.0
    mean, directions = principal_directions(library)
    boxes, largest = [], 0.0
    for part in (queries, library):
        count = -(-part.length // SEGMENT)
        first = np.cumsum(count) - count
        low, high = (np.full((count.sum(), 8), limit) for limit in (np.inf, -np.inf))
        arrays = (part.rows, part.start, part.length)
        norm = box_segments(*arrays, mean, directions, SEGMENT, first, low, high)
        boxes += [low, high, first]
        largest = max(largest, norm)
    return boxes, ABSOLUTE_SLACK * largest


def principal_directions(library: Sequences) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean of the rows and the 7 directions in which they vary most, (7, D)."""
    filled = library.rows[: library.length.sum()]
    sample = filled[:: -(-len(filled) // SAMPLE_ROWS)].astype(np.float64)
    mean = sample.mean(0)
    found = np.linalg.eigh((sample - mean).T @ (sample - mean))[1][:, -DIRECTIONS:].T
    return mean, np.concatenate([found, np.zeros((DIRECTIONS - len(found), len(mean)))])
