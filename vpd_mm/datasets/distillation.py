"""What the student learns from each frame of a video: pure functions on the teacher's rows."""

import numpy as np


def row_scores(meta: list[dict]) -> np.ndarray:
    """Score of each teacher row, (N,) float64: ``dp_score`` where there is one, else ``kp_score``.

    A row without either counts as certain.
    """
    scores = [row.get('dp_score', row.get('kp_score', 1.0)) for row in meta]
    return np.asarray(scores, np.float64)


def select_rows(
    frame: np.ndarray, score: np.ndarray, min_score: float = 0.5, motion: bool = True
) -> np.ndarray:
    """Rows of one video that are worth learning from, sorted by frame.

    Args:
        frame: Frame numbers in the order of the file, (N,).
        score: Teacher scores, (N,).
        min_score: Rows that score less are skipped.
        motion: Skip rows whose preceding row is not of the preceding frame. The score of that
            preceding row does not matter.

    Returns:
        Row numbers, (M,) int64.

    Example:
        >>> select_rows(np.array([0, 1, 3]), np.ones(3))
        array([1])
    """
    keep = np.asarray(score) >= min_score
    if motion:
        keep = keep & (np.diff(frame, prepend=frame[:1]) == 1)
    rows = np.flatnonzero(keep)
    return rows[np.argsort(np.asarray(frame)[rows], kind='stable')]


def unit_rows(embedding: np.ndarray) -> np.ndarray:
    """Divide each row of (..., D) by its length; a zero row stays zero."""
    length = np.linalg.norm(embedding, axis=-1, keepdims=True)
    return embedding / np.where(length > 0, length, 1)


def build_targets(embedding: np.ndarray, rows, motion: bool = True) -> np.ndarray:
    """Targets of some rows: the embedding and, with motion, its change since the previous row.

    Args:
        embedding: Teacher embeddings, (N, V, D).
        rows: A row number or (M,) row numbers, as :func:`select_rows` gives.
        motion: Append the change, which doubles the last axis.

    Returns:
        (M, V, D) or with motion (M, V, 2 D), without M for a single row.
    """
    target = embedding[rows]
    if not motion:
        return target
    return np.concatenate([target, target - embedding[rows - 1]], axis=-1)


def spread_evenly(count: int, wanted: int | None) -> np.ndarray:
    """Indices of ``wanted`` of ``count`` items, evenly spaced; of all when fewer or None."""
    if wanted is None or wanted >= count:
        return np.arange(count)
    return np.linspace(0, count - 1, wanted).round().astype(np.int64)


def held_out_videos(videos: list[str], fraction: float, seed: int = 0) -> set[str]:
    """A seeded share of the videos, at least one of them."""
    order = np.random.default_rng(seed).permutation(sorted(videos))
    return set(order[: max(1, round(fraction * len(order)))].tolist())
