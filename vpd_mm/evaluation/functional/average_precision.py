"""Average precision of detected intervals and moments. Plain arrays.

Everything of one evaluation is a dict by video: proposals are rows ``(start, end, score)``, true
intervals rows ``(start, end)``. All proposals of all videos are ranked together.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .matching import match_ranked
from .proposals import clamp_lengths, frame_scores_to_proposals, temporal_iou

AREAS = ('corrected', 'reference')


def temporal_average_precision(
    proposals: Mapping[str, np.ndarray],
    ground_truth: Mapping[str, np.ndarray],
    tious: Sequence[float],
    one_to_one: bool = False,
    area: str = 'corrected',
) -> np.ndarray:
    """Average precision of proposals at several temporal overlaps (tIoU).

    Args:
        proposals (Mapping): By video, (P, 3) rows (start, end, score).
        ground_truth (Mapping): By video, (G, 2) rows (start, end). Those of videos without
            proposals count too.
        tious (Sequence[float]): The overlaps from which on a proposal is right, T of them.
        one_to_one (bool): Whether a proposal uses up the one interval that it overlaps most, as
            ActivityNet evaluates, or, as published, all that it overlaps enough. Defaults to
            False.
        area (str): ``'corrected'``, the area under the monotone envelope of precision, or
            ``'reference'``, which loses parts of it as the published numbers do.

    Returns:
        np.ndarray: (T,) float64 in 0 to 1; NaN if there is no true interval.

    Raises:
        ValueError: If there is no such area.

    Example:
        >>> temporal_average_precision({'a': [[0, 10, 0.9]]}, {'a': [[0, 9], [20, 30]]}, [0.5])
        array([0.5])
    """
    right, positives = match_ranked(
        _rows(proposals, 3), _rows(ground_truth, 2), temporal_iou, tious, one_to_one
    )
    return average_precision(right, positives, area)


def mean_average_precision(
    proposals: Mapping[str, np.ndarray],
    ground_truth: Mapping[str, np.ndarray],
    tious: Sequence[float],
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Mean over the classes of the average precision, as ActivityNet evaluates it.

    Args:
        proposals (Mapping): By video, (P, 4) rows (start, end, score, class).
        ground_truth (Mapping): By video, (G, 3) rows (start, end, class).
        tious (Sequence[float]): T overlaps.

    Returns:
        tuple: The means (T,), and (T,) by class, of the classes that have true intervals.
    """
    return _mean_over_classes(
        _rows(proposals, 4),
        _rows(ground_truth, 3),
        lambda found, truth: temporal_average_precision(found, truth, tious, one_to_one=True),
        len(tious),
    )


def spotting_average_precision(
    spots: Mapping[str, np.ndarray],
    ground_truth: Mapping[str, np.ndarray],
    tolerances: Sequence[float],
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Mean over the classes of the average precision of moments.

    A spot is right if a true moment of its class, not yet found by a better spot, is near.

    Args:
        spots (Mapping): By video, (P, 3) rows (frame, score, class).
        ground_truth (Mapping): By video, (G, 2) rows (frame, class).
        tolerances (Sequence[float]): Greatest distances in frames, T of them.

    Returns:
        tuple: The means (T,), and (T,) by class, of the classes that have true moments.

    Example:
        >>> spotting_average_precision({'a': [[7, 0.9, 0]]}, {'a': [[5, 0]]}, [1, 2])[0]
        array([0., 1.])
    """
    least = -np.asarray(tolerances, np.float64)

    def precision(found: dict, truth: dict) -> np.ndarray:
        right, positives = match_ranked(found, truth, _nearness, least, one_to_one=True)
        return average_precision(right, positives)

    spots, ground_truth = _rows(spots, 3), _rows(ground_truth, 2)
    return _mean_over_classes(spots, ground_truth, precision, len(least))


def average_precision_table(
    scores: Mapping[str, np.ndarray],
    ground_truth: Mapping[str, np.ndarray],
    thresholds: Sequence[float],
    tious: Sequence[float],
    mean_length: float | None = None,
    area: str = 'corrected',
) -> np.ndarray:
    """Average precision by overlap and threshold, as published.

    Args:
        scores (Mapping): By video, the score of each frame, (T,).
        ground_truth (Mapping): By video, (G, 2) rows (start, end), merged where they overlap.
        thresholds (Sequence[float]): C thresholds of the frame scores.
        tious (Sequence[float]): R overlaps.
        mean_length (float, optional): Mean length of the training actions, which the lengths of
            the proposals are clamped about; None clamps nothing.
        area (str): See :func:`temporal_average_precision`.

    Returns:
        np.ndarray: (R, C).
    """
    columns = []
    for threshold in thresholds:
        found = {video: frame_scores_to_proposals(s, threshold) for video, s in scores.items()}
        if mean_length is not None:
            found = {video: clamp_lengths(rows, mean_length) for video, rows in found.items()}
        columns.append(temporal_average_precision(found, ground_truth, tious, area=area))
    return np.stack(columns, 1)


def precision_recall(right: np.ndarray, positives: int) -> tuple[np.ndarray, np.ndarray]:
    """Give precision and recall after each ranked item.

    Args:
        right (np.ndarray): Whether the items, the best first, are right, (..., N) bool.
        positives (int): How many there are to find.

    Returns:
        tuple[np.ndarray, np.ndarray]: Precision and recall, (..., N) each.
    """
    hits = np.cumsum(right, -1, dtype=np.float64)
    return hits / np.arange(1, hits.shape[-1] + 1), hits / max(positives, 1)


def average_precision(right: np.ndarray, positives: int, area: str = 'corrected') -> np.ndarray:
    """Give the area under the curve of precision over recall.

    Args:
        right (np.ndarray): Whether the items, the best first, are right, (..., N) bool.
        positives (int): How many there are to find.
        area (str): See :func:`temporal_average_precision`.

    Returns:
        np.ndarray: (...); NaN if there is nothing to find.

    Raises:
        ValueError: If there is no such area.
    """
    if area not in AREAS:
        raise ValueError(f"area is {area!r}; choose 'corrected' or 'reference'")
    right = np.asarray(right, bool)
    if positives == 0:
        return np.full(right.shape[:-1], np.nan)
    precision, _ = precision_recall(right, positives)
    envelope = np.maximum.accumulate(precision[..., ::-1], -1)[..., ::-1]
    if area == 'corrected':
        return (envelope * right).sum(-1) / positives
    corners = right & (precision == envelope)
    areas = [
        _reference_area(p, np.flatnonzero(c), np.cumsum(r), positives)
        for p, c, r in zip(*(_flat(part) for part in (precision, corners, right)), strict=True)
    ]
    return np.array(areas).reshape(right.shape[:-1])


def _reference_area(precision: np.ndarray, corners: np.ndarray, hits: np.ndarray, positives: int):
    """Area as published: corners of the envelope are lost whose predecessor is too low."""
    kept, lower = [], 0.0
    for corner in corners[::-1]:
        if corner > 0 and precision[corner - 1] > lower:
            kept.append(corner)
            lower = precision[corner]
    kept = np.array(kept[::-1], int)
    return (np.diff(hits[kept], prepend=0) * precision[kept]).sum() / positives


def _flat(rows: np.ndarray) -> np.ndarray:
    return rows.reshape(-1, rows.shape[-1])


def _nearness(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return -np.abs(found[:, None, 0] - truth[None, :, 0])


def _rows(by_video: Mapping[str, np.ndarray], width: int) -> dict[str, np.ndarray]:
    return {v: np.asarray(rows, np.float64).reshape(-1, width) for v, rows in by_video.items()}


def _mean_over_classes(
    found: dict, truth: dict, precision: Callable[[dict, dict], np.ndarray], count: int
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    numbers = np.unique(np.concatenate([np.zeros(0), *(rows[:, -1] for rows in truth.values())]))
    by_class = {}
    for number in numbers:
        own = ({v: r[r[:, -1] == number, :-1] for v, r in part.items()} for part in (found, truth))
        by_class[int(number)] = precision(*own)
    mean = np.mean(list(by_class.values()), axis=0) if by_class else np.full(count, np.nan)
    return mean, by_class
