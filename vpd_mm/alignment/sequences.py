"""Sequences of unequal length in one array, as the kernels read them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blocks import BLOCK_COLUMNS, BLOCK_ROWS

STEP_PATTERNS = ('symmetricP2', 'symmetric2')
METRICS = ('euclidean', 'cosine')


@dataclass(frozen=True)
class Sequences:
    """Sequences behind one another.

    Attributes:
        rows: Their frames, float32 or float64, (N + 6, D), the last 6 zeros: kernels read whole
            blocks.
        start: First row of each sequence, (n,) int64.
        length: Rows of each sequence, (n,) int64.
    """

    rows: np.ndarray
    start: np.ndarray
    length: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    @property
    def longest(self) -> int:
        """Length of the longest sequence, 0 if there is none."""
        return int(self.length.max(initial=0))

    def columns(self, number: int) -> np.ndarray:
        """Give one sequence transposed and with 16 columns of zeros behind it, (D, T + 16)."""
        start, length = self.start[number], self.length[number]
        columns = np.zeros((self.rows.shape[1], length + BLOCK_COLUMNS), self.rows.dtype)
        columns[:, :length] = self.rows[start : start + length].T
        return columns


def pack(groups: Sequence[Sequence[np.ndarray]], metric: str = 'euclidean') -> list[Sequences]:
    """Check groups of sequences that are to be compared and lay each out for the kernels.

    Args:
        groups: Each a list of (T, D) arrays; T may differ, D may not.
        metric: ``'euclidean'`` or ``'cosine'``; the latter scales every frame to length 1.

    Returns:
        One ``Sequences`` for each group: float32 if all numbers are float32 or float16, otherwise
        float64.

    Raises:
        ValueError: If the metric is unknown, or a sequence is empty, has no two dimensions,
            differs from the others in D, or has a number that is not finite.
    """
    if metric not in METRICS:
        raise ValueError(f'metric is {metric!r}; choose one of {", ".join(METRICS)}.')
    groups = [[np.asarray(sequence) for sequence in group] for group in groups]
    width = check_sequences([sequence for group in groups for sequence in group])
    small = all(s.dtype in (np.float32, np.float16) for group in groups for s in group)
    dtype = np.float32 if small else np.float64
    columns = width + (metric == 'cosine')
    packed = [_pack_group(group, columns, dtype) for group in groups]
    if not all(np.isfinite(group.rows).all() for group in packed):
        check_finite([sequence for group in groups for sequence in group])
    return [_to_unit_rows(group, width) for group in packed] if metric == 'cosine' else packed


def check_step_pattern(step_pattern: str) -> None:
    """Raise a ValueError if there is no such step pattern."""
    if step_pattern not in STEP_PATTERNS:
        known = ', '.join(STEP_PATTERNS)
        raise ValueError(f'step_pattern is {step_pattern!r}; choose one of {known}.')


def check_sequences(sequences: Sequence) -> int:
    """Check arrays or tensors that are to be compared and give their D (0 if there are none).

    Raises:
        ValueError: If one is empty, has no two dimensions or differs from the others in D.
    """
    width = None
    for index, sequence in enumerate(sequences):
        if sequence.ndim != 2 or not len(sequence):
            shape = tuple(sequence.shape)
            raise ValueError(
                f'sequence {index} has shape {shape}; give (T, D) with T of 1 or more.'
            )
        width = sequence.shape[1] if width is None else width
        if sequence.shape[1] != width:
            raise ValueError(
                f'sequence {index} has {sequence.shape[1]} features a frame, others have {width}; '
                'compare sequences of the same embedding.'
            )
    return width or 0


def check_finite(sequences: Sequence) -> None:
    """Raise a ValueError if an array or tensor has a number that is not finite."""
    for index, sequence in enumerate(sequences):
        if not abs(sequence).max() < float('inf'):
            raise ValueError(f'sequence {index} has NaN or infinite numbers; leave it out.')


def _pack_group(group: list[np.ndarray], columns: int, dtype: type) -> Sequences:
    length = np.array([len(sequence) for sequence in group], np.int64)
    rows = np.zeros((length.sum() + BLOCK_ROWS, columns), dtype)
    if group:
        width = group[0].shape[1]
        np.concatenate(group, out=rows[: length.sum(), :width], casting='unsafe')
    return Sequences(rows, np.cumsum(length) - length, length)


def _to_unit_rows(sequences: Sequences, width: int) -> Sequences:
    """Scale rows to length 1; a row of zeros points along the spare column."""
    rows = sequences.rows.astype(np.float64)
    rows[:, width] = ~rows.any(1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Sequences(rows.astype(sequences.rows.dtype), sequences.start, sequences.length)
