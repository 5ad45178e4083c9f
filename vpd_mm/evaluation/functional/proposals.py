"""From a score for every frame to intervals. Plain arrays.

A proposal is a row ``(first frame, last frame, score)``; both frames belong to it, as published.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

ALL_THRESHOLDS = tuple(n / 20 for n in range(1, 20))


def frame_scores_to_proposals(
    scores: np.ndarray, threshold: float, min_length: float = 3, max_gap: int = 1
) -> np.ndarray:
    """Join frames that score at least a threshold into proposals.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        scores (np.ndarray): Score of each frame, (T,).
        threshold (float): Frames at or above it belong to a run.
        min_length (float): A proposal is kept if last - first frame is more. Defaults to 3.
        max_gap (int): Runs are merged if the first frame of the second is at most so many frames
            after the last frame of the first; 1 merges none. Defaults to 1.

    Returns:
        np.ndarray: (P, 3) float64, rows (first frame, last frame, mean score of these frames).

    Example:
        >>> frame_scores_to_proposals(np.array([0, 1, 1, 1, 1, 1, 0]), 0.5)
        array([[1., 5., 1.]])
    """
    scores = np.asarray(scores, np.float64)
    edges = np.diff(np.concatenate([[False], scores >= threshold, [False]]).astype(np.int8))
    first, last = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
    apart = first[1:] - last[:-1] > max_gap
    first = first[np.concatenate([[True], apart])[: len(first)]]
    last = last[np.concatenate([apart, [True]])[: len(last)]]
    long = last - first > min_length
    first, last = first[long], last[long]
    total = np.concatenate([[0.0], np.cumsum(scores)])
    mean = (total[last + 1] - total[first]) / (last + 1 - first)
    return np.stack([first, last, mean], 1).astype(np.float64)


def clamp_lengths(
    proposals: np.ndarray, mean_length: float, shortest: float = 0.67, longest: float = 1.33
) -> np.ndarray:
    """Give proposals much shorter or longer than training actions a likelier length.

    They keep their middle. The mean is rounded up, and half lengths and middles down, as
    published.

    Args:
        proposals (np.ndarray): (P, 3) rows (first, last, score).
        mean_length (float): Mean length of the training actions in frames.
        shortest (float): Least length as a part of the mean. Defaults to 0.67.
        longest (float): Greatest length as a part of the mean. Defaults to 1.33.

    Returns:
        np.ndarray: (P, 3).

    Example:
        >>> clamp_lengths(np.array([[10.0, 12.0, 0.9]]), 20)[0].tolist()
        [5.0, 17.0, 0.9]
    """
    mean = math.ceil(mean_length)
    proposals = np.array(proposals, np.float64).reshape(-1, 3)
    first, last = proposals[:, 0], proposals[:, 1]
    length = last - first
    middle, half = (first + last) // 2, np.clip(length, shortest * mean, longest * mean) // 2
    changed = (length < shortest * mean) | (length > longest * mean)
    proposals[:, 0] = np.where(changed, np.maximum(0, middle - half), first)
    proposals[:, 1] = np.where(changed, middle + half, last)
    return proposals


def merge_intervals(intervals: np.ndarray) -> np.ndarray:
    """Unite intervals that overlap or touch.

    Args:
        intervals (np.ndarray): (N, 2) rows (start, end).

    Returns:
        np.ndarray: (M, 2), sorted.

    Example:
        >>> merge_intervals(np.array([[5, 9], [0, 5], [20, 30]])).tolist()
        [[0, 9], [20, 30]]
    """
    intervals = np.asarray(intervals).reshape(-1, 2)
    intervals = intervals[np.argsort(intervals[:, 0], kind='stable')]
    if len(intervals) == 0:
        return intervals
    reach = np.maximum.accumulate(intervals[:, 1])
    begins = np.concatenate([[True], intervals[1:, 0] > reach[:-1]])
    ends = np.concatenate([begins[1:], [True]])
    return np.stack([intervals[begins, 0], reach[ends]], 1)


def temporal_iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give the overlap of each pair of intervals as a part of their union, (N, M).

    Args:
        first (np.ndarray): (N, 2) rows (start, end).
        second (np.ndarray): (M, 2) rows (start, end).
    """
    shared, length, other_length = _overlap(first, second)
    return shared / np.maximum(length + other_length - shared, 1e-12)


def overlap_of_shorter(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Give the overlap of each pair of intervals as a part of the shorter one, (N, M).

    Args:
        first (np.ndarray): (N, 2) rows (start, end).
        second (np.ndarray): (M, 2) rows (start, end).
    """
    shared, length, other_length = _overlap(first, second)
    return shared / np.maximum(np.minimum(length, other_length), 1e-12)


def _overlap(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b = np.asarray(first, np.float64)[:, None], np.asarray(second, np.float64)[None]
    shared = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    return np.maximum(shared, 0), a[..., 1] - a[..., 0], b[..., 1] - b[..., 0]


def non_maximum_suppression(
    proposals: np.ndarray,
    max_overlap: float,
    overlap: Callable[[np.ndarray, np.ndarray], np.ndarray] = temporal_iou,
) -> np.ndarray:
    """Keep the best of proposals that overlap.

    Args:
        proposals (np.ndarray): (P, 3) rows (first, last, score).
        max_overlap (float): A proposal goes if it overlaps a better one by more.
        overlap (Callable): How overlap is measured. Defaults to :func:`temporal_iou`.

    Returns:
        np.ndarray: Rows of those kept, (K,) int64, the best first.
    """
    left = np.argsort(-proposals[:, 2], kind='stable')
    shares = overlap(proposals[:, :2], proposals[:, :2])
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[1:][shares[left[0], left[1:]] <= max_overlap]
    return np.array(kept, np.int64)


def proposals_of_all_thresholds(
    scores: np.ndarray,
    thresholds: Sequence[float] = ALL_THRESHOLDS,
    min_length: float = 3,
    max_iou: float = 0.5,
    mean_length: float | None = None,
) -> np.ndarray:
    """Give the proposals of many thresholds, the best of those that overlap.

    No threshold has to be chosen, least of all on the videos that are evaluated.

    Args:
        scores (np.ndarray): Score of each frame, (T,).
        thresholds (Sequence[float]): Thresholds. Defaults to 0.05 to 0.95.
        min_length (float): See :func:`frame_scores_to_proposals`.
        max_iou (float): See :func:`non_maximum_suppression`.
        mean_length (float, optional): See :func:`clamp_lengths`; None clamps nothing.

    Returns:
        np.ndarray: (P, 3) rows (first, last, score), the best first.
    """
    found = [frame_scores_to_proposals(scores, t, min_length) for t in thresholds]
    proposals = np.unique(np.concatenate([np.zeros((0, 3)), *found]), axis=0)
    if mean_length is not None:
        proposals = clamp_lengths(proposals, mean_length)
    return proposals[non_maximum_suppression(proposals, max_iou)]
