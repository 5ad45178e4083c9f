"""Which detections are right: the best detection first, each true item found once."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np


def match_ranked(
    found: Mapping[str, np.ndarray],
    truth: Mapping[str, np.ndarray],
    closeness: Callable[[np.ndarray, np.ndarray], np.ndarray],
    thresholds: Sequence[float],
    one_to_one: bool,
) -> tuple[np.ndarray, int]:
    """Match detections with true items, video by video, in the order of their scores.

    All videos and thresholds advance together, one rank at a time.

    Args:
        found (Mapping): By video, (P, W) rows whose last column is the score.
        truth (Mapping): By video, (G, U) rows.
        closeness (Callable): Gives (P, G) for the rows of a video without their scores.
        thresholds (Sequence[float]): From which closeness on a detection is right, T of them.
        one_to_one (bool): Whether a detection uses up only the closest item that is left, or all
            that are close enough.

    Returns:
        tuple[np.ndarray, int]: Whether each detection of all videos, the best first (equal ones
        by the names of the videos), is right, (T, N) bool; and the number of true items.
    """
    thresholds = np.asarray(thresholds, np.float64)
    positives = sum(len(rows) for rows in truth.values())
    videos = [video for video in sorted(found) if len(found[video])]
    rows = [found[v][np.argsort(-found[v][:, -1], kind='stable')] for v in videos]
    pairs = _close_pairs(videos, rows, truth, closeness, thresholds)
    right = np.zeros((len(thresholds), sum(map(len, rows))), bool)
    if len(pairs.item):
        _use_up(right, pairs, thresholds, positives, one_to_one)
    score = np.concatenate([np.zeros(0), *(part[:, -1] for part in rows)])
    return right[:, np.argsort(-score, kind='stable')], positives


class _Pairs:
    """Detections with the true items near them, the closest first.

    Attributes:
        row: Number of the detection among all, (N,).
        rank: Its rank within its video, (N,).
        item: Numbers of the true items, (N, C); -1 beyond the last.
        value: Their closeness, (N, C); -inf beyond the last.
    """

    def __init__(self, row, rank, item, value) -> None:
        order = np.lexsort((-item, -value, row))
        row, rank, item, value = row[order], rank[order], item[order], value[order]
        self.row, first, number = np.unique(row, return_index=True, return_counts=True)
        self.rank = rank[first]
        slot = np.arange(len(row)) - np.repeat(first, number)
        where = (np.repeat(np.arange(len(first)), number), slot)
        shape = (len(first), int(number.max(initial=0)))
        self.item, self.value = np.full(shape, -1), np.full(shape, -np.inf)
        self.item[where], self.value[where] = item, value


def _close_pairs(videos: list, rows: list, truth: Mapping, closeness, thresholds) -> _Pairs:
    first_item = dict(zip(truth, np.cumsum([0, *map(len, truth.values())])[:-1], strict=True))
    parts, before = [np.zeros((4, 0))], 0
    for video, part in zip(videos, rows, strict=True):
        if len(truth.get(video, ())):
            values = closeness(part[:, :-1], truth[video])
            rank, item = np.nonzero(values >= thresholds.min())
            parts.append(
                np.stack([rank + before, rank, item + first_item[video], values[rank, item]])
            )
        before += len(part)
    row, rank, item, value = np.concatenate(parts, 1)
    return _Pairs(row.astype(int), rank.astype(int), item.astype(int), value)


def _use_up(
    right: np.ndarray, pairs: _Pairs, thresholds: np.ndarray, positives: int, one_to_one: bool
) -> None:
    used = np.zeros((len(thresholds), positives + 1), bool)
    used[:, -1] = True  # item -1 is none
    order = np.argsort(pairs.rank, kind='stable')
    bounds = np.flatnonzero(np.diff(pairs.rank[order], prepend=-1))
    for start, end in zip(bounds, [*bounds[1:], len(order)], strict=True):
        now = order[start:end]
        item = pairs.item[now]
        fits = (pairs.value[now] >= thresholds[:, None, None]) & ~used[:, item]
        if one_to_one:
            fits &= np.cumsum(fits, 2) == 1
        at, row, slot = np.nonzero(fits)
        used[at, item[row, slot]] = True
        right[:, pairs.row[now]] = fits.any(2)
