"""Routines: an order of jumps and other elements, kept on the rink, with their labels."""

from dataclasses import dataclass

import numpy as np

from .motion import Timeline, sample_times, travel
from .moves import Skater
from .poses import GLIDE

RINK = (27.5, 12.2)  # half length and half width that the skater keeps to, metres
TRIES = 12
COMPOSITIONS = 12


@dataclass(frozen=True)
class Label:
    """A jump: frames [start, end) of the video at 25 fps, and the frames of its flight."""

    kind: str
    start: int
    end: int
    takeoff: float
    landing: float


@dataclass(frozen=True)
class Routine:
    timeline: Timeline
    start: np.ndarray
    heading: float
    labels: tuple[Label, ...]
    seconds: float


def choreograph(rng: np.random.Generator, jumps: list[str], seconds: float) -> Routine:
    """Compose a routine that stays on the rink: the best of a few compositions.

    Args:
        rng: Source of randomness.
        jumps: Kinds of jumps in order.
        seconds: Length in seconds; where the jumps need more, the routine is longer.
    """
    best = None
    for _ in range(COMPOSITIONS):
        routine = compose(rng, jumps, seconds)
        outside = _outside(routine.timeline, routine.start, routine.heading, 0)
        if best is None or outside < best[0]:
            best = (outside, routine)
        if outside == 0:
            break
    return best[1]


def compose(rng: np.random.Generator, jumps: list[str], seconds: float) -> Routine:
    """Compose a routine with all ``jumps`` in this order (a loop or toe loop may follow in
    combination) and other movement in between.

    See :func:`choreograph` for the arguments.
    """
    skater = Skater(rng)
    start = np.array([rng.uniform(-20, 20), rng.uniform(-8, 8)])
    heading = float(np.arctan2(-start[1], -start[0]) + rng.normal(0, 0.5))
    line, labels = skater.begin(), []
    spare = float(np.clip(seconds - 0.9 - 3.4 * len(jumps), 0.6, 3.6))
    feature = int(rng.integers(len(jumps)))  # the jump before which there is time for more
    for i, kind in enumerate(jumps):
        follows = i not in (0, feature) and kind in ('loop', 'toe_loop') and rng.random() < 0.35
        turns = int(rng.choice([1, 2, 3], p=[0.25, 0.45, 0.3]))
        room = spare if i == feature else float(rng.uniform(0.4, 1.1))
        line, times = _best(rng, skater, line, start, heading, kind, turns, follows, room)
        labels.append((kind, times))
    end = max(seconds, np.ceil(25 * line.end + 10) / 25)
    while line.end < end:
        line = _wander(rng, skater, line, start, heading)
    start = start - _overhang(line, start, heading)
    return Routine(line, start, heading, tuple(_label(rng, k, t) for k, t in labels), end)


def _label(rng: np.random.Generator, kind: str, times: tuple[float, float, float]) -> Label:
    prepared, takeoff, landing = times
    start = takeoff - min(takeoff - prepared, 0.5) + rng.normal(0, 0.08)
    end = landing + rng.uniform(0.2, 0.5)
    return Label(kind, max(0, round(25 * start)), round(25 * end), 25 * takeoff, 25 * landing)


def _best(rng, skater, line, start, heading, kind, turns, follows, room):
    """Try connections before the jump and keep the one that stays best on the rink."""
    best = None
    for _ in range(1 if follows else TRIES):
        trial = line.copy()
        if not follows:
            _connect(rng, skater, trial, room, _bend(rng, line, start, heading))
        times = skater.jump(trial, kind, turns, combination=follows)
        outside = _outside(trial, start, heading, line.end)
        if best is None or outside < best[0]:
            best = (outside, trial, times)
        if outside == 0:
            break
    return best[1], best[2]


def _wander(rng, skater, line, start, heading) -> Timeline:
    best = None
    for _ in range(TRIES):
        trial = line.copy()
        _connect(rng, skater, trial, 1.0, _bend(rng, line, start, heading))
        outside = _outside(trial, start, heading, line.end)
        if best is None or outside < best[0]:
            best = (outside, trial)
    return best[1]


def _connect(rng, skater: Skater, line: Timeline, room: float, curve: float) -> None:
    """Add about ``room`` seconds of movement between jumps, on a path that bends by ``curve``."""
    begin = line.end
    backward = bool(rng.random() < 0.5)
    speed = skater.around(skater.speed)
    line.key(
        0.3, skater.vary(GLIDE['BR' if backward else 'FR']), 'R', speed=speed, curve=0.8 * curve,
        facing=skater.face(line, 180 if backward else 0),
    )  # fmt: skip
    left = room - 0.3
    if left > 2.4 and rng.random() < 0.6:
        kind = str(rng.choice(['upright', 'sit', 'camel', 'layback']))
        skater.spin(line, kind, rounds=min(1.3 * (left - 1.4), 4.5))
    elif left > 1.9 and rng.random() < 0.7:
        kind = str(rng.choice(['spiral', 'eagle', 'lunge']))
        skater.hold(line, kind, min(left - 1.3, 1.4))
    elif left > 1.0 and rng.random() < 0.35:
        skater.footwork(line, int(left / 0.52))
    left = room - (line.end - begin)
    if left > 0.3:
        count = max(1, int(left / 0.6))
        if rng.random() < 0.7:
            skater.crossovers(line, count, curve, backward)
        else:
            skater.stroke(line, max(1, int(left / 0.42)), 0.5 * curve, backward)


def _bend(rng: np.random.Generator, line: Timeline, start: np.ndarray, heading: float) -> float:
    """Curvature that turns the skater towards a random place on the ice within a second."""
    path, direction, _ = travel(line, sample_times(max(line.end, 0.1)))
    turn = np.array([[np.cos(heading), -np.sin(heading)], [np.sin(heading), np.cos(heading)]])
    here = turn @ path[-1] + start
    goal = rng.uniform(-0.8, 0.8, 2) * RINK - here
    angle = np.arctan2(goal[1], goal[0]) - direction[-1] - heading - rng.uniform(0, 0.9)
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    curve = float(np.clip(angle / (1.2 * line.last('speed')), -0.32, 0.32))
    return float(np.copysign(max(abs(curve), 0.04), curve))


def _overhang(line: Timeline, start: np.ndarray, heading: float) -> np.ndarray:
    """Shift (2,) in metres that brings the path's extent as far inside the rink as it fits."""
    path, _, _ = travel(line, sample_times(line.end))
    turn = np.array([[np.cos(heading), -np.sin(heading)], [np.sin(heading), np.cos(heading)]])
    path = path @ turn.T + start
    low, high = path.min(0), path.max(0)
    inside = np.clip(0, high - RINK, low + RINK)
    return np.where(high - low > 2 * np.array(RINK), (low + high) / 2, inside)


def _outside(line: Timeline, start: np.ndarray, heading: float, since: float) -> float:
    """How far the path since a time leaves the rink, summed over samples in metres."""
    query = sample_times(line.end)
    path, direction, _ = travel(line, query)
    turn = np.array([[np.cos(heading), -np.sin(heading)], [np.sin(heading), np.cos(heading)]])
    ahead = 5 * np.stack([np.cos(direction[-1]), np.sin(direction[-1])])[None] * [[0.4], [0.7], [1]]
    path = np.concatenate([path[query > since], path[-1] + ahead]) @ turn.T + start
    return float(np.maximum(np.abs(path) - np.array(RINK), 0).sum())
