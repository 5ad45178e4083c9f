"""Embeddings of several teachers as one."""

from collections.abc import Sequence

import numpy as np

from vpd_mm.formats import Embeddings

DEFAULT_SCORE = 0.5
"""Score of rows that have none."""


def stack_embeddings(parts: Sequence[Embeddings]) -> Embeddings:
    """Put the embeddings of one video by several teachers behind each other.

    Args:
        parts: Embeddings of the video by each teacher, one row a frame.

    Returns:
        Rows of the frames that all teachers have, (N, V, D1 + D2 + …), with the first teacher's
        dicts and the smallest ``kp_score``.

    Raises:
        ValueError: A frame has several rows, or the teachers differ in their number of views.

    Example:
        >>> one = Embeddings(np.array([0, 1]), np.zeros((2, 1, 3)), [{'kp_score': 0.9}, {}])
        >>> two = Embeddings(np.array([1, 2]), np.ones((2, 1, 2)), [{'kp_score': 0.8}, {}])
        >>> stack_embeddings([one, two]).embedding.tolist()
        [[[0.0, 0.0, 0.0, 1.0, 1.0]]]
    """
    frame = parts[0].frame
    for part in parts:
        if len(np.unique(part.frame)) < len(part):
            raise ValueError('a frame has several rows; embed it without --many')
        frame = np.intersect1d(frame, part.frame)
    if len({part.embedding.shape[1] for part in parts}) > 1:
        raise ValueError('one teacher has mirrored views and another has not; embed both alike')
    chosen = [np.flatnonzero(np.isin(part.frame, frame)) for part in parts]
    chosen = [rows[np.argsort(part.frame[rows])] for part, rows in zip(parts, chosen, strict=True)]
    embedding = np.concatenate(
        [part.embedding[rows] for part, rows in zip(parts, chosen, strict=True)], -1
    )
    scores = np.min(
        [
            [part.meta[row].get('kp_score', DEFAULT_SCORE) for row in rows]
            for part, rows in zip(parts, chosen, strict=True)
        ],
        axis=0,
    )
    meta = [
        parts[0].meta[row] | dict(kp_score=score)
        for row, score in zip(chosen[0], scores.tolist(), strict=True)
    ]
    return Embeddings(frame, embedding, meta)
