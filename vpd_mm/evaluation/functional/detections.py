"""From the frame scores of whole videos to actions. Plain arrays."""

from collections.abc import Sequence

import numpy as np

from .proposals import (
    non_maximum_suppression,
    overlap_of_shorter,
    proposals_of_all_thresholds,
)


def detect_actions(
    scores: dict[str, np.ndarray], mean_length: Sequence[float | None] | None = None
) -> dict[str, np.ndarray]:
    """Give the actions of each class in each video.

    Args:
        scores (dict): By video, (T, C) frame scores.
        mean_length (Sequence, optional): Mean length of the training actions of each class, to
            clamp lengths about.

    Returns:
        dict: By video, (P, 4) rows (start, end, score, class), the best first; `end` is the frame
        after the last.
    """
    found = {}
    for video, score in scores.items():
        lengths = mean_length or [None] * score.shape[1]
        rows = [np.zeros((0, 4))]
        for number, length in enumerate(lengths):
            part = proposals_of_all_thresholds(score[:, number], mean_length=length)
            part[:, 1] = np.minimum(part[:, 1] + 1, len(score))
            rows.append(np.insert(part, 3, number, axis=1))
        joined = np.concatenate(rows)
        found[video] = joined[np.argsort(-joined[:, 2], kind='stable')]
    return found


def told_once(rows: np.ndarray) -> np.ndarray:
    """Leave out what overlaps a better detection of its class by more than half of the shorter one.

    Evaluation keeps proposals within proposals, of which either may be right; a reader wants each
    action once.

    Args:
        rows (np.ndarray): (P, 4) rows (start, end, score, class).

    Returns:
        np.ndarray: Those kept, the best first.

    Example:
        >>> told_once(np.array([[70, 106, 0.9, 0], [80, 88, 0.95, 0], [80, 88, 0.5, 1]])).tolist()
        [[80.0, 88.0, 0.95, 0.0], [80.0, 88.0, 0.5, 1.0]]
    """
    kept = [rows[:0]]
    for number in np.unique(rows[:, 3]):
        own = rows[rows[:, 3] == number]
        kept.append(own[non_maximum_suppression(own[:, :3], 0.5, overlap_of_shorter)])
    joined = np.concatenate(kept)
    return joined[np.argsort(-joined[:, 2], kind='stable')]


def frame_accuracy(scores: dict[str, np.ndarray], truth: dict[str, np.ndarray]) -> float:
    """Share of the frames whose most probable class, or background, is the true one."""
    right = total = 0
    for video, score in scores.items():
        best = np.concatenate([1 - score.sum(1, keepdims=True), score], 1).argmax(1)
        label = np.zeros(len(score), int)
        for start, end, number in truth[video].astype(int):
            label[start:end] = number + 1
        right, total = right + (best == label).sum(), total + len(label)
    return right / max(total, 1)


def middles(rows: np.ndarray, further: list[int]) -> np.ndarray:
    """Give the middle frame of intervals (start, end, …), and further columns."""
    return np.concatenate([(rows[:, :1] + rows[:, 1:2] - 1) / 2, rows[:, further]], 1)
