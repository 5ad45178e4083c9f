"""Skating elements as key frames on a timeline: the six jumps, spins, turns and steps.

All skaters jump and spin counter-clockwise and land on the right back outside edge.
"""

import numpy as np

from .body import DOF, DOFS
from .motion import Timeline
from .poses import (
    ABSORB,
    BACK_R,
    CROSS,
    GLIDE,
    JUMP_KEYS,
    LANDED,
    LUNGE,
    OPEN_TIGHT,
    PUSH,
    RIPPON,
    SPINS,
    SPIRAL,
    SPREAD_EAGLE,
    TIGHT,
    TOUCH,
    TURN,
    mirror,
    pose,
)

JUMPS = ('axel', 'lutz', 'flip', 'loop', 'salchow', 'toe_loop')
EDGE_FOOT = dict(axel='L', lutz='L', flip='L', loop='R', salchow='L', toe_loop='R')
LEAVING_FOOT = dict(axel='L', lutz='R', flip='R', loop='R', salchow='L', toe_loop='L')
PREROTATION = dict(axel=55, lutz=55, flip=75, loop=105, salchow=105, toe_loop=110)
ARM_COLUMNS = [i for i, name in enumerate(DOFS) if 'arm' in name or 'head' in name]


class Skater:
    """Adds elements to a timeline with a personal style and some chance.

    Args:
        rng: Source of randomness; the style is drawn from it at once.
        variation: Scale of all deviations from the textbook (1 is lifelike).
    """

    def __init__(self, rng: np.random.Generator, variation: float = 1.0) -> None:
        self.rng = rng
        self.variation = variation
        self.style = rng.normal(0, 1.0, len(DOFS)) * variation
        self.style[ARM_COLUMNS] *= 6
        self.pace = float(rng.uniform(0.92, 1.1))
        self.speed = float(rng.uniform(3.2, 4.5))

    def around(self, value: float, share: float = 0.12) -> float:
        return value * (1 + share * self.variation * float(self.rng.uniform(-1, 1)))

    def vary(self, key: np.ndarray, amount: float = 1.0) -> np.ndarray:
        """A pose as this skater does it this time."""
        noise = self.rng.normal(0, 2.2, len(DOFS)) * self.variation
        noise[ARM_COLUMNS] *= 3
        out = key + amount * (self.style + noise)
        for side in ('left', 'right'):
            knee, elbow = DOF[f'{side}_leg_knee'], DOF[f'{side}_arm_elbow']
            out[[knee, elbow]] = np.clip(out[[knee, elbow]], 2, 140)
        return out

    def add(self, line: Timeline, wait: float, key: np.ndarray, foot='', amount=1.0, **channels):
        line.key(self.around(wait) * self.pace, self.vary(key, amount), foot, **channels)

    def begin(self) -> Timeline:
        line = Timeline()
        line.key(0, self.vary(GLIDE['FL']), 'L', speed=self.speed, curve=0.03, facing=0.0, flat=1.0)
        self.add(line, 0.5, GLIDE['FR'], 'R')
        return line

    def face(self, line: Timeline, target: float) -> float:
        """The facing nearest to the present one that equals ``target`` modulo a full turn."""
        now = line.last('facing')
        return now + (target - now + 180) % 360 - 180

    def three_turn(self, line: Timeline, foot: str, curve: float) -> None:
        """Forward glide and turn to backward on one foot (or, for some, a mohawk)."""
        start = self.face(line, 0)
        self.add(line, 0.34, GLIDE['F' + foot], foot, facing=start + 8, curve=curve)
        self.add(line, 0.3, TURN[foot], foot, facing=start + 60, curve=curve)
        self.add(line, 0.18, TURN[foot], foot, facing=start + 165, curve=0.7 * curve)

    def jump(self, line: Timeline, kind: str, turns: int, combination: bool = False) -> tuple:
        """Add a jump with its entry and landing.

        Args:
            line: Timeline, gliding; for a combination just landed.
            kind: One of ``JUMPS``.
            turns: Full turns in the air; an axel has half a turn more.
            combination: Whether it follows a landing directly.

        Returns:
            Times of the preparation, the take-off and the landing in seconds.
        """
        foot = EDGE_FOOT[kind]
        if not combination:
            self._entry(line, kind)
        ready, deep, leave = JUMP_KEYS[kind]
        base = self.face(line, 0 if kind == 'axel' else 180)
        speed, curve = self.around(self.speed), self.around(0.13, 0.35)
        if kind == 'lutz':
            curve = -self.around(0.09, 0.3)
            for _ in range(int(self.rng.integers(1, 3))):
                self.add(line, 0.46, ready, foot, facing=base, curve=curve, speed=speed)
        self.add(line, 0.4, ready, foot, facing=base, curve=curve, speed=speed)
        prepared = line.end
        twist = 0 if kind == 'lutz' else 0.22 * PREROTATION[kind]
        self.add(line, 0.27, deep, foot, 0.6, facing=base + twist, curve=0.9 * curve)
        last = base + PREROTATION[kind]
        self.add(
            line, 0.18, leave, LEAVING_FOOT[kind], 0.5, facing=last, curve=0.3 * curve, flat=0.0
        )
        took_off = line.end
        total = base + 360 * turns + (180 if kind == 'axel' else 0)
        self._flight(line, turns + 0.5 * (kind == 'axel'), last, total)
        landed = line.end
        self._landing(line, total, speed)
        return prepared, took_off, landed

    def _entry(self, line: Timeline, kind: str) -> None:
        curve = self.around(0.11, 0.3)
        if kind in ('flip', 'salchow', 'toe_loop') and self.rng.random() < 0.75:
            self.three_turn(line, EDGE_FOOT[kind], curve)
        elif kind in ('flip', 'salchow', 'toe_loop'):  # mohawk: the other foot forward, then step
            other = 'R' if EDGE_FOOT[kind] == 'L' else 'L'
            start = self.face(line, 0)
            self.add(line, 0.4, GLIDE['F' + other], other, facing=start, curve=curve)
            self.add(line, 0.34, GLIDE['B' + EDGE_FOOT[kind]], EDGE_FOOT[kind], facing=start + 175)
        elif kind == 'lutz':
            self.add(line, 0.45, GLIDE['BL'], 'L', facing=self.face(line, 180), curve=-0.03)
        else:
            self.add(line, 0.45, BACK_R, 'R', facing=self.face(line, 180), curve=curve)
            self.add(line, 0.3, BACK_R, 'R', curve=curve)
        if kind == 'axel':
            self.add(line, 0.3, GLIDE['FL'], 'L', facing=line.last('facing') + 180, curve=curve)

    def _flight(self, line: Timeline, turns: float, start: float, total: float) -> None:
        air = self.around(0.29 + 0.125 * turns, 0.07)
        line.flights.append((line.end, line.end + air))
        tight = TIGHT if turns > 1.6 else OPEN_TIGHT
        if self.rng.random() < 0.08 * self.variation:
            tight = RIPPON
        pull = self.vary(tight, 0.4)
        turning = total - 20 - start
        speed = 0.82 * line.last('speed')
        steps = ((0.3, 0.27, pull), (0.62, 0.68, pull), (1.0, 1.0, self.vary(TOUCH, 0.4)))
        done = 0.0
        for when, share, key in steps:
            foot = 'R' if when == 1 else 'B'
            line.key(
                (when - done) * air, key, foot, facing=start + share * turning, curve=0.0,
                speed=speed, flat=0.3 * (when == 1),
            )  # fmt: skip
            done = when

    def _landing(self, line: Timeline, facing: float, speed: float) -> None:
        curve = self.around(0.12, 0.3)
        self.add(line, 0.16, ABSORB, 'R', 0.7, facing=facing, curve=0.5 * curve, speed=0.78 * speed)
        self.add(line, 0.3, LANDED, 'R', 0.8, facing=facing, curve=curve)
        self.add(line, 0.22, LANDED, 'R', 0.8, facing=facing + 6, curve=curve)

    def crossovers(self, line: Timeline, count: int, curve: float, backward: bool) -> None:
        """Crossovers around a curve (positive turns left), forward or backward."""
        side = (lambda p: p) if (curve > 0) != backward else mirror
        inner, outer = ('L', 'R') if (curve > 0) != backward else ('R', 'L')
        facing = self.face(line, 180 if backward else 0)
        for _ in range(count):
            speed = min(self.speed, line.last('speed') + 0.5)
            self.add(line, 0.3, side(PUSH), inner, facing=facing, curve=curve, speed=speed)
            self.add(line, 0.3, side(CROSS), outer, curve=curve)

    def stroke(self, line: Timeline, count: int, curve: float, backward: bool) -> None:
        """Gliding strokes on alternate feet."""
        facing = self.face(line, 180 if backward else 0)
        way = 'B' if backward else 'F'
        for i in range(count):
            foot = 'LR'[i % 2]
            self.add(line, 0.42, GLIDE[way + foot], foot, facing=facing, curve=curve)

    def footwork(self, line: Timeline, count: int) -> None:
        """Quick turns on alternate feet."""
        for i in range(count):
            foot, way = 'LR'[i % 2], int(self.rng.integers(0, 2))
            curve = self.around(0.2) * (1 if self.rng.random() < 0.5 else -1)
            start = self.face(line, 180 * way)
            turn = 180 if self.rng.random() < 0.5 else -180
            self.add(line, 0.28, GLIDE['FB'[way] + foot], foot, facing=start, curve=curve)
            self.add(line, 0.24, TURN[foot], foot, facing=start + turn, curve=-curve)

    def spin(self, line: Timeline, kind: str, rounds: float) -> None:
        """Spin on the left foot and glide out backward on the right."""
        self.add(line, 0.4, LUNGE, 'L', 0.6, facing=self.face(line, 0), curve=0.2, speed=2.2)
        start = line.last('facing')
        self.add(line, 0.3, TURN['L'], 'L', facing=start + 120, curve=0.2, speed=0.4)
        steps = max(2, round(2 * rounds))
        fast = 0.24 if kind == 'upright' else 0.31
        for i in range(1, steps + 1):
            wait = fast * self.pace
            line.key(
                wait, self.vary(SPINS[kind], 0.35), 'L', facing=start + 120 + 180 * i, curve=0.0,
                speed=0.15,
            )  # fmt: skip
        out = start + 120 + 180 * steps
        self.add(line, 0.4, ABSORB, 'R', facing=out + 150, curve=0.1, speed=1.6)
        line.key(
            0.35, self.vary(LANDED), 'R', facing=self.face(line, 180), curve=0.1,
            speed=0.75 * self.speed,
        )  # fmt: skip

    def hold(self, line: Timeline, kind: str, seconds: float) -> None:
        """A held position: 'spiral', 'eagle' or 'lunge'."""
        key = dict(spiral=SPIRAL, eagle=SPREAD_EAGLE, lunge=LUNGE)[kind]
        foot = 'B' if kind == 'eagle' else 'L'
        facing = self.face(line, 80 if kind == 'eagle' else 0)
        curve = self.around(0.06, 0.5)
        self.add(line, 0.5, key, foot, facing=facing, curve=curve)
        self.add(line, seconds, key, foot, facing=facing, curve=curve)
        self.add(line, 0.45, GLIDE['FL'], 'L', facing=self.face(line, 0), curve=curve)

    def bow(self, line: Timeline) -> None:
        self.add(line, 0.5, pose((6, 0, 0, 0, 0), left=(120, 20, 0, 10)), 'B', speed=1.0)
