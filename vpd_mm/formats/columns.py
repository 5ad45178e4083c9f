"""Turning what a file holds into arrays of a known shape and type, or one clear error."""

from collections import Counter
from operator import itemgetter
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
    """Finite numbers (N, \\*shape).

    Raises:
        FormatError: If a value is not a finite number or a row has another shape.
    """
    try:
        column = np.array(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise FormatError(path, f'has a {name} that is not {shape or "a"} number(s)') from error
    if not len(values):
        return np.zeros((0, *shape), dtype)
    if column.shape[1:] != shape:
        raise FormatError(path, f'has a {name} of shape {column.shape[1:]} instead of {shape}')
    if not np.isfinite(column).all():
        raise FormatError(path, f'has a {name} with a missing or infinite number; write it again')
    return column


def distinct_frames(path: str | Path, listed: Counter) -> None:
    """Check that a file lists no frame twice, from how often it lists each.

    Raises:
        FormatError: If it does.
    """
    frame, times = max(listed.items(), key=itemgetter(1), default=(None, 0))
    if times > 1:
        raise FormatError(path, f'lists frame {frame} twice; put its rows together')
