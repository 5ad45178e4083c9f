"""Per-frame embeddings of one video: ``<video>.emb.pkl``."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .columns import frame_column
from .errors import FormatError
from .pickles import read_pickle, write_pickle

EMBEDDING_SUFFIX = '.emb.pkl'


@dataclass
class Embeddings:
    """Embeddings of one video; a frame may have several rows.

    Attributes:
        frame: Frame numbers, (N,) int64.
        embedding: (N, V, D) float32; V views: 1, or 2 for original and mirrored.
        meta: N dicts of further values, such as ``kp_score``.
    """

    frame: np.ndarray
    embedding: np.ndarray
    meta: list[dict]

    def __len__(self) -> int:
        return len(self.frame)


def _stack(path: str | Path, rows: list) -> np.ndarray:
    try:
        embedding = np.stack(rows).astype(np.float32)
    except (TypeError, ValueError) as error:
        raise FormatError(path, 'has embeddings of different shapes or not of numbers') from error
    if embedding.ndim not in (2, 3):
        raise FormatError(path, f'has embeddings of {embedding.ndim - 1} axes instead of 1 or 2')
    return embedding if embedding.ndim == 3 else embedding[:, None]


def read_embeddings(path: str | Path) -> Embeddings:
    """Read the embeddings of one video: ``[(frame, array (D,) or (V, D), dict), …]``.

    Returns:
        Embeddings: The rows in the order of the file; an empty file has shape (0, 1, 0).

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged, unsafe or of another form.
    """
    rows = read_pickle(path)
    if not isinstance(rows, list) or any(
        not isinstance(row, (tuple, list))
        or len(row) != 3
        or not isinstance(row[1], np.ndarray)
        or not isinstance(row[2], dict)
        for row in rows
    ):
        raise FormatError(path, 'is not a list of (frame, array, dict); write it again')
    frame = frame_column(path, [row[0] for row in rows])
    if not rows:
        return Embeddings(frame, np.zeros((0, 1, 0), np.float32), [])
    return Embeddings(frame, _stack(path, [row[1] for row in rows]), [row[2] for row in rows])


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def write_embeddings(path: str | Path, frame, embedding, meta: list[dict] | None = None) -> None:
    """Write the embeddings of one video, atomically.

    Args:
        path: The ``.emb.pkl`` file.
        frame: Frame numbers, (N,).
        embedding: (N, V, D) or (N, D); with one view each row is stored as (D,).
        meta: N dicts; empty ones by default.

    Raises:
        ValueError: If the lengths differ.
    """
    embedding = np.asarray(embedding, np.float32)
    if embedding.ndim == 3 and embedding.shape[1] == 1:
        embedding = embedding[:, 0]
    meta = [{} for _ in frame] if meta is None else meta
    if not len(frame) == len(embedding) == len(meta):
        raise ValueError(
            f'{path}: {len(frame)} frames, {len(embedding)} embeddings and {len(meta)} dicts '
            'differ in number; give one of each a row'
        )
    rows = [
        (int(f), np.ascontiguousarray(e), {key: _plain(value) for key, value in m.items()})
        for f, e, m in zip(frame, embedding, meta, strict=True)
    ]
    write_pickle(path, rows)
