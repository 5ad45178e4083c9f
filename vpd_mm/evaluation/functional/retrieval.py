"""Retrieval: is the right thing near?"""

import numpy as np


def cross_view_ranks(first: np.ndarray, second: np.ndarray, chunk: int = 2048) -> np.ndarray:
    """Rank at which each pose finds itself among the embeddings of the other view.

    Args:
        first: Embeddings of N poses in one view, (N, D).
        second: Embeddings of the same poses in another view, (N, D).
        chunk: Queries to compare at once.

    Returns:
        Ranks (N,) from 1, by Euclidean distance; equal distances count against the pose.

    Example:
        >>> cross_view_ranks(np.array([[0.0], [5.0]]), np.array([[4.0], [5.0]]))
        array([1, 1])
    """
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    norms = np.einsum('nd,nd->n', second, second)
    ranks = []
    for start in range(0, len(first), chunk):
        # the query's own norm is the same for all and needs no adding
        distance = norms - 2 * first[start : start + chunk] @ second.T
        own = distance[np.arange(len(distance)), start + np.arange(len(distance))]
        ranks.append((distance <= own[:, None]).sum(1))
    return np.concatenate(ranks) if ranks else np.zeros(0, np.int64)


def cross_view_retrieval(
    first: np.ndarray, second: np.ndarray, k: tuple[int, ...] = (1, 5)
) -> dict[str, float]:
    """How well poses are found across views, asked in both directions.

    Args:
        first: Embeddings of N poses in one view, (N, D).
        second: Embeddings of the same poses in another view, (N, D).
        k: Ranks up to which a pose counts as found.

    Returns:
        ``top1``, ``top5``: share in percent of the poses found within k; ``median_rank``.
    """
    ranks = np.concatenate([cross_view_ranks(first, second), cross_view_ranks(second, first)])
    scores = {f'top{n}': float(100 * (ranks <= n).mean()) for n in k}
    return scores | dict(median_rank=float(np.median(ranks)))
