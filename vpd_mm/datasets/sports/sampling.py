"""Which rows of a window make a sequence: every frame, or fewer a second. Plain arrays."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True)
class Sampling:
    """How a window of embeddings becomes a sequence.

    Rows are taken by a credit, as published: a row is taken while the credit is not negative and
    costs 1; every row, taken or not, earns ``target_fps / fps`` (at most 1) plus `surplus`.

    Attributes:
        every_frame: Whether frames without a row of their own are interpolated; otherwise they
            are skipped.
        target_fps: Rows a second that are kept; None keeps all.
        credit: Credit at the beginning of a window.
        surplus: What each row earns beyond the ratio of the frame rates.
        average_skipped: Whether a row is averaged with the rows that were skipped before it.
    """

    every_frame: bool = True
    target_fps: float | None = None
    credit: float = 1.0
    surplus: float = 0.0
    average_skipped: bool = False

    def apply(self, rows: np.ndarray, own: np.ndarray, fps: float | None) -> np.ndarray:
        """Make a sequence of the dense rows of a window.

        Args:
            rows (np.ndarray): One row a frame, (T, ...).
            own (np.ndarray): Whether a frame has a row of its own, (T,) bool.
            fps (float | None): Frame rate; needed if there is a ``target_fps``.

        Returns:
            np.ndarray: (U, ...) with U <= T.

        Example:
            >>> Sampling(target_fps=10, credit=0).apply(np.arange(6), np.ones(6, bool), 20)
            array([0, 2, 4])
        """
        if not self.every_frame:
            rows = rows[own]
        if self.target_fps is None or not len(rows):
            return rows
        taken = _taken(len(rows), min(1.0, self.target_fps / fps), self.credit, self.surplus)
        return _average_groups(rows, taken) if self.average_skipped else rows[taken]


@lru_cache(maxsize=4096)
def _taken(count: int, ratio: float, credit: float, surplus: float) -> np.ndarray:
    taken = []
    for row in range(count):
        if credit >= 0:
            taken.append(row)
            credit -= 1
        credit += ratio + surplus
    return np.array(taken, np.int64)


def _average_groups(rows: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Average each taken row with the rows between it and the one taken before."""
    first = np.concatenate([[0], taken[:-1] + 1])
    total = np.add.reduceat(rows[: taken[-1] + 1].astype(np.float64), first)
    size = (taken + 1 - first).reshape(-1, *[1] * (rows.ndim - 1))
    return (total / size).astype(rows.dtype)
