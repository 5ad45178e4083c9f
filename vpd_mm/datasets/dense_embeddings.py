"""Embeddings of some frames made into one row for every frame. Plain arrays."""

import numpy as np


def dense_embeddings(frame: np.ndarray, embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Make embeddings dense over frames.

    Several rows of one frame are averaged. A frame between two embedded ones is interpolated
    linearly, the nearer one weighing more. Frames before the first embedded one are 0.

    Args:
        frame (np.ndarray): Frame numbers, (N,), in any order.
        embedding (np.ndarray): Rows, (N, ...).

    Returns:
        tuple[np.ndarray, np.ndarray]: The rows of the frames 0 to the last embedded one,
        (F, ...), and whether a frame had a row of its own, (F,) bool.

    Example:
        >>> dense_embeddings(np.array([0, 2]), np.array([[1.0], [3.0]]))[0].ravel()
        array([1., 2., 3.])
    """
    known, inverse, count = np.unique(frame, return_inverse=True, return_counts=True)
    if len(known) == 0:
        return np.zeros((0, *embedding.shape[1:]), embedding.dtype), np.zeros(0, bool)
    rows = np.zeros((len(known), int(np.prod(embedding.shape[1:]))), np.float64)
    np.add.at(rows, inverse.ravel(), embedding.reshape(len(frame), -1))
    rows /= count[:, None]

    every = np.arange(known[-1] + 1)
    right = np.searchsorted(known, every)
    left = np.maximum(right - 1, 0)
    span = np.maximum(known[right] - known[left], 1)
    weight = np.where(left < right, (every - known[left]) / span, 1.0)[:, None]
    dense = (1 - weight) * rows[left] + weight * rows[right]
    dense[known] = rows  # a NaN stays in its own frame
    dense[: known[0]] = 0
    own = np.isin(every, known)
    return dense.astype(embedding.dtype).reshape(-1, *embedding.shape[1:]), own


def normalize_rows(rows: np.ndarray) -> np.ndarray:
    """Scale the last axis to unit length; a length below 1e-12 is left as it is.

    Args:
        rows (np.ndarray): (..., D).

    Returns:
        np.ndarray: (..., D), of the same type.
    """
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(length < 1e-12, 1, length).astype(rows.dtype)
