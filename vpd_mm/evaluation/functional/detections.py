"""From the frame scores of whole videos to actions. Plain arrays."""

from collections.abc import Sequence

import numpy as np

from .proposals import proposals_of_all_thresholds


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
