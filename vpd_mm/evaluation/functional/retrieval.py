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


def retrieval_scores(
    distances: np.ndarray,
    labels: np.ndarray,
    k: tuple[int, ...] = (1, 10, 25, 50),
    queries: np.ndarray | None = None,
) -> dict[str, float]:
    """How often, and how purely, the nearest actions are of the query's class.

    Every query is asked for its k nearest among all other actions. An infinite or NaN distance is
    never a hit: a query that is missing, with no finite distance, counts as a miss and as 0.

    Args:
        distances: From each query to each action, (Q, N).
        labels: Classes of the actions, (N,).
        k: Numbers of actions asked for.
        queries: Which actions the queries are, (Q,). Defaults to all of them in order.

    Returns:
        For each k in percent ``hit@k``, the share of queries with one of their class among the k
        nearest, and ``prec@k``, the share of their class among the k (the divisor is always k).
        Equal distances are in the order of the actions.

    Raises:
        ValueError: If the shapes do not fit.

    Example:
        >>> distances = np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
        >>> retrieval_scores(distances, np.array([0, 0, 1]), k=(1,))
        {'hit@1': 66.66666666666666, 'prec@1': 66.66666666666666}
    """
    hits = ranked_hits(distances, labels, queries)
    found = hits.cumsum(1)
    scores = {}
    for number in sorted(k):
        first = found[:, min(number, found.shape[1]) - 1] if hits.size else np.zeros(len(hits))
        scores[f'hit@{number}'] = _percent(first > 0)
        scores[f'prec@{number}'] = _percent(first / number)
    return scores


def ranking_scores(
    distances: np.ndarray, labels: np.ndarray, queries: np.ndarray | None = None
) -> dict[str, float]:
    """How early the actions of the query's class come in the whole ranking.

    Args:
        distances: From each query to each action, (Q, N).
        labels: Classes of the actions, (N,).
        queries: Which actions the queries are, (Q,). Defaults to all of them in order.

    Returns:
        In percent ``map``, the mean average precision, and ``mrr``, the mean of 1 / rank of the
        first of their class; over the queries whose class has other actions. What is at an
        infinite distance is not found.

    Raises:
        ValueError: If the shapes do not fit.
    """
    hits = ranked_hits(distances, labels, queries)
    labels = np.asarray(labels)
    own = labels if queries is None else labels[queries]
    relevant = (labels == own[:, None]).sum(1) - 1
    hits, relevant = hits[relevant > 0], relevant[relevant > 0]
    rank = np.arange(1, hits.shape[1] + 1)
    precision = (hits * (hits.cumsum(1) / rank)).sum(1) / relevant
    return dict(map=_percent(precision), mrr=_percent((hits / rank).max(1, initial=0)))


def ranked_hits(
    distances: np.ndarray, labels: np.ndarray, queries: np.ndarray | None = None
) -> np.ndarray:
    """Whether the nearest, second nearest … other action is of the query's class.

    Args:
        distances, labels, queries: As :func:`retrieval_scores` takes them.

    Returns:
        (Q, N - 1) bool, False at infinite distances.

    Raises:
        ValueError: If the shapes do not fit.
    """
    distances, labels = np.array(distances, np.float64), np.asarray(labels)
    queries = np.arange(len(labels)) if queries is None else np.asarray(queries)
    if distances.shape != (len(queries), len(labels)):
        raise ValueError(
            f'distances have shape {distances.shape}; {len(queries)} queries and {len(labels)} '
            'labels need as many rows and columns.'
        )
    distances[~np.isfinite(distances)] = np.inf
    hits = (labels == labels[queries, None]) & np.isfinite(distances)
    others = np.arange(len(labels)) != queries[:, None]
    rows = (len(queries), max(len(labels) - 1, 0))
    distances, hits = distances[others].reshape(rows), hits[others].reshape(rows)
    return np.take_along_axis(hits, np.argsort(distances, axis=1, kind='stable'), 1)


def _percent(values: np.ndarray) -> float:
    return float(100 * values.mean()) if len(values) else 0.0
