"""Turning what a file holds into arrays of a known shape and type, or one clear error."""

from pathlib import Path

import numpy as np

from .errors import FormatError


def frame_column(path: str | Path, values) -> np.ndarray:
    """Frame numbers (N,) int64, non-negative.

    Raises:
        FormatError: If a value is not a whole number from 0.
    """
    column = np.asarray(values) if len(values) else np.zeros(0, np.int64)
    if column.ndim != 1 or column.dtype.kind not in 'iu' or (column < 0).any():
        raise FormatError(path, 'has a frame number that is not a whole number from 0')
    return column.astype(np.int64)


def number_column(
    path: str | Path, name: str, values, shape: tuple[int, ...] = (), dtype=np.float32
) -> np.ndarray:
    """Numbers (N, \\*shape); null becomes NaN.

    Raises:
        FormatError: If a value is not a number or a row has another shape.
    """
    try:
        column = np.array(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise FormatError(path, f'has a {name} that is not {shape or "a"} number(s)') from error
    if not len(values):
        return np.zeros((0, *shape), dtype)
    if column.shape[1:] != shape:
        raise FormatError(path, f'has a {name} of shape {column.shape[1:]} instead of {shape}')
    return column
