"""Telling the athlete from bystanders, and bridging the frames where nobody saw them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vpd_mm.formats import Boxes

from .tracking import People, box_size, nearness, track_people

MIN_ROWS = 3
MIN_RELATIVE_SIZE = 1 / 3
MAX_COMMON = 0.1


@dataclass(frozen=True)
class AthleteChoice:
    """Who counts as an athlete.

    Attributes:
        min_score: The detector's confidence from which somebody new counts.
        max_gap: Seconds for which an athlete may be missing; boxes are interpolated there.
        max_people: How many athletes a video has.
        net: Where a tennis net is, as a fraction of the frame's height from its top. It separates
            the player ``front`` from the player ``back``. None where there are no such players.
    """

    min_score: float = 0.3
    max_gap: float = 1.0
    max_people: int = 1
    net: float | None = None


def choose_athletes(
    people: People, fps: float, height: int, choice: AthleteChoice
) -> dict[str, list[Boxes]]:
    """Find the athletes of a video.

    Args:
        people (People): Everybody found in it.
        fps: Frames a second.
        height: Of a frame, in pixels.
        choice (AthleteChoice): Who counts as an athlete.

    Returns:
        Boxes of the athletes, the most important one first, by what their pose directories' names
        begin with: ``''``, or ``'front__'`` and ``'back__'`` for players.
    """
    track = track_people(people, fps, choice.min_score, choice.max_gap)
    gap = round(choice.max_gap * fps)
    if choice.net is None:
        return {'': list(_athletes(people, track, gap, choice.max_people))}
    front = on_front_side(people, track, choice.net * height)
    importance = movement(people, track)
    return {
        f'{name}__': list(_athletes(people, np.where(side, track, -1), gap, 1, importance))
        for name, side in (('front', front), ('back', ~front))
    }


def _athletes(
    people: People,
    track: np.ndarray,
    gap: int,
    count: int,
    importance: np.ndarray | float = 1.0,
) -> Iterator[Boxes]:
    weight = box_size(people.box) * importance
    for _ in range(count):
        first = prominence(people.frame, track, weight)
        rows = athlete_rows(people, track, weight * people.score * first**2)
        yield bridge_gaps(people.frame[rows], people.box[rows], track[rows], gap)
        track = np.where(np.isin(track, track[rows]), -1, track)


def athlete_rows(people: People, track: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Find the rows of the most important person, whose track may have broken into several.

    The track of the greatest weight is theirs. Further ones are taken, as long as there are any,
    in the order of their weight times how well they continue the ones taken. Whoever is seen at
    the same time is somebody else, and so is whoever is much smaller.

    Args:
        people (People): Everybody.
        track: Number of the person of each row, (N,); rows below 0 are left out.
        weight: Importance of each row, (N,).

    Returns:
        np.ndarray: Indices (M,), one a frame at most, frames ascending.
    """
    candidates = _tracks(track)
    longest = max(map(len, candidates), default=0)
    candidates = [rows for rows in candidates if len(rows) >= min(MIN_ROWS, longest)]
    chosen = np.zeros(0, np.int64)
    while candidates:
        gain = [weight[rows].sum() * (1 + _continuity(people, chosen, rows)) for rows in candidates]
        best = candidates[int(np.argmax(gain))]
        chosen = np.concatenate([chosen, best[~_seen(people, chosen, best)]])
        chosen = chosen[np.argsort(people.frame[chosen])]
        size = MIN_RELATIVE_SIZE * np.median(box_size(people.box[chosen]))
        candidates = [
            rows
            for rows in candidates
            if _seen(people, chosen, rows).mean() <= MAX_COMMON
            and np.median(box_size(people.box[rows])) >= size
        ]
    return chosen


def _tracks(track: np.ndarray) -> list[np.ndarray]:
    """Rows of each track."""
    order = np.argsort(track, kind='stable')
    order = order[track[order] >= 0]
    starts = np.flatnonzero(np.diff(track[order])) + 1
    return np.split(order, starts) if len(order) else []


def _seen(people: People, chosen: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Whether the frame of each of the rows already has a chosen one."""
    return np.isin(people.frame[rows], people.frame[chosen])


def _continuity(people: People, chosen: np.ndarray, rows: np.ndarray) -> float:
    """How well a track continues the chosen rows: 0 to 1, the better of its two ends."""
    position = np.searchsorted(people.frame[chosen], people.frame[rows[[0, -1]]])
    ends = [
        (rows[end], chosen[neighbour])
        for end, neighbour in ((0, position[0] - 1), (-1, position[1]))
        if 0 <= neighbour < len(chosen)
    ]
    return max((float(nearness(people.box[a], people.box[b])) for a, b in ends), default=0.0)


def prominence(frame: np.ndarray, track: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How often the person of each row is the most important one in the image, 0 to 1, (N,).

    It tells the athlete from somebody smaller who stays while the athlete comes and goes.
    """
    weight = np.where(track >= 0, weight, 0)
    greatest = np.zeros(frame.max(initial=-1) + 1)
    np.maximum.at(greatest, frame, weight)
    result = np.zeros(len(frame))
    for rows in _tracks(track):
        result[rows] = (weight[rows] >= greatest[frame[rows]]).mean()
    return result


def movement(people: People, track: np.ndarray) -> np.ndarray:
    """How much the person of each row moves about, which tells players from officials.

    Returns:
        np.ndarray: Standard deviation of a track's centre in sizes of its box, plus a little, (N,).
    """
    result = np.full(len(people), 0.1)
    for rows in _tracks(track):
        centre = (people.box[rows, :2] + people.box[rows, 2:]) / 2
        spread = np.linalg.norm(centre.std(0))
        result[rows] += spread / max(np.median(box_size(people.box[rows])), 1e-6)
    return result


def on_front_side(people: People, track: np.ndarray, net: float) -> np.ndarray:
    """Whether the person of each row stands mostly below the net's line in the image, (N,) bool."""
    result = np.zeros(len(people), bool)
    for rows in _tracks(track):
        result[rows] = np.median(people.box[rows, 3]) > net
    return result


def bridge_gaps(frame: np.ndarray, box: np.ndarray, track: np.ndarray, max_gap: int) -> Boxes:
    """Interpolate an athlete's boxes over short gaps.

    A gap is bridged where the same track goes on after it, or one that begins near by; a cut to
    another view is not.

    Args:
        frame: Frame numbers, ascending, (N,).
        box: Corners in pixels, (N, 4).
        track: Number of the track, (N,).
        max_gap: Frames that may be missing between two rows.

    Returns:
        Boxes: Boxes x, y, width, height, one a frame.
    """
    same = (np.diff(track) == 0) | (nearness(box[:-1], box[1:]) > 0.3)
    missing = np.diff(frame) - 1
    bridged = np.flatnonzero(same & (missing <= max_gap))
    between = [np.arange(frame[i] + 1, frame[i + 1]) for i in bridged]
    frames = np.sort(np.concatenate([frame, *between])).astype(np.int64)
    if len(frames):
        box = np.stack([np.interp(frames, frame, column) for column in box.T], 1)
    return Boxes(frames, np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], 1))
