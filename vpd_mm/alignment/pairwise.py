"""Dynamic time warping distances of one pair or of all pairs."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .kernels import warp_rows
from .sequences import check_step_pattern, pack

ROWS_A_TASK = 16


def dtw_distance(
    a: np.ndarray, b: np.ndarray, step_pattern: str = 'symmetricP2', metric: str = 'euclidean'
) -> float:
    """Distance of two sequences under dynamic time warping, per frame.

    The cost of the best path divided by the sum of the lengths, as dtw-python normalises it.

    Args:
        a: (T, D), a NumPy array or a torch tensor.
        b: (U, D).
        step_pattern: ``'symmetricP2'`` keeps the slope of the path between 2/3 and 3/2 (Sakoe and
            Chiba, 1978); ``'symmetric2'`` leaves it free.
        metric: Distance of two frames, ``'euclidean'`` or ``'cosine'`` (1 - cosine; a frame of
            zeros is at 1 from every other and at 0 from its like).

    Returns:
        The distance; ``inf`` where the step pattern admits no path, as one sequence is more than
        half as long again as the other.

    Raises:
        ValueError: If a sequence is empty or has NaN, or an argument is unknown.

    Example:
        >>> dtw_distance(np.array([[0.0], [1.0]]), np.array([[0.0], [2.0]]))
        0.5
    """
    return float(pairwise_dtw([a], [b], step_pattern, metric, workers=1)[0, 0])


def pairwise_dtw(
    seqs: Sequence[np.ndarray],
    others: Sequence[np.ndarray] | None = None,
    step_pattern: str = 'symmetricP2',
    metric: str = 'euclidean',
    workers: int | None = None,
) -> np.ndarray:
    """Distances of all pairs, each as :func:`dtw_distance` gives it.

    float32 sequences are compared in float32 and summed in float64, which is exact to a relative
    1e-6; others are computed in float64. Besides the result, memory grows with the number of
    sequences alone. The kernels call no BLAS, so the threads have the processors to themselves.

    Args:
        seqs: n sequences (T_i, D): NumPy arrays, or torch tensors on one device.
        others: m sequences (U_j, D). Defaults to `seqs` themselves; then every pair is computed
            once, and the diagonal is 0.
        step_pattern: ``'symmetricP2'`` or ``'symmetric2'``.
        metric: ``'euclidean'`` or ``'cosine'``.
        workers: Threads. Defaults to the number of processors.

    Returns:
        (n, m) float64, ``inf`` where no path is admitted; a tensor on their device for tensors.

    Raises:
        ValueError: If a sequence is empty or has NaN, or an argument is unknown.
    """
    check_step_pattern(step_pattern)
    if any(map(is_tensor, (*seqs, *(others or ())))):
        from .tensors import pairwise_dtw_of_tensors

        return pairwise_dtw_of_tensors(seqs, others, step_pattern, metric)
    packed = pack([seqs] if others is None else [seqs, others], metric)
    out = np.zeros((len(packed[0]), len(packed[-1])))
    if not out.size:
        return out

    def fill(begin: int) -> None:
        part = slice(begin, begin + ROWS_A_TASK)
        first, second = packed[0], packed[-1]
        warp_rows(
            first.rows, first.start[part], first.length[part],
            second.rows, second.start, second.length,
            begin if others is None else -1,
            step_pattern == 'symmetricP2', metric == 'euclidean', out[part],
        )  # fmt: skip

    run_in_threads(fill, range(0, len(out), ROWS_A_TASK), workers)
    if others is None:
        for row in range(len(out)):
            out[row + 1 :, row] = out[row, row + 1 :]
    return out


def run_in_threads(
    function: Callable[[int], None], tasks: Iterable[int], workers: int | None
) -> None:
    """Call a function that holds no lock for every task; by default in a thread a processor."""
    workers = available_processors() if workers is None else workers
    if workers < 1:
        raise ValueError(f'workers is {workers}; give 1 or more.')
    if workers == 1:  # starting a thread takes as long as 50 pairs
        for task in tasks:
            function(task)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(function, tasks))


def available_processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_tensor(value: object) -> bool:
    """Whether it is a torch tensor; does not import torch."""
    torch = sys.modules.get('torch')
    return torch is not None and isinstance(value, torch.Tensor)
