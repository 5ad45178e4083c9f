"""Embeddings of whole videos in memory, and a library of actions in one file."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from vpd_mm.formats import EMBEDDING_SUFFIX, Action, FormatError, atomic_path, read_embeddings


@dataclass
class Track:
    """Embeddings of one video, a row a frame.

    Attributes:
        first: First frame that has embeddings.
        rows: (F, V * D) float32 from there on, gaps interpolated, zeros for NaN.
        has_nan: Whether there were NaN.
    """

    first: int
    rows: np.ndarray
    has_nan: bool = False

    def cut(self, start: int, end: int) -> np.ndarray:
        """Give the rows of the frames from start to before end, as far as there are some."""
        return self.rows[max(start - self.first, 0) : max(end - self.first, 0)]


def read_tracks(
    source: str | Path | Mapping[str, np.ndarray], videos: Sequence[str] | None = None
) -> dict[str, Track]:
    """Read the embeddings of videos.

    Videos without embeddings are passed over; NaN becomes 0, and a warning counts the videos.

    Args:
        source: Folder of ``<video>.emb.pkl``, or by video the rows of all frames from 0.
        videos: Only these; all by default.

    Raises:
        FileNotFoundError: If there is no such folder, or nothing in it.
        FormatError: If a file is damaged.
    """
    if isinstance(source, Mapping):
        names = source if videos is None else [v for v in videos if v in source]
        return _report_nan({v: _track(0, np.asarray(source[v])) for v in names if len(source[v])})
    folder = Path(source)
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: there are no embeddings here; see tools/embed.py')
    if videos is None:
        paths = sorted(folder.rglob(f'*{EMBEDDING_SUFFIX}'))
        videos = [str(p.relative_to(folder)).removesuffix(EMBEDDING_SUFFIX) for p in paths]
        if not videos:
            raise FileNotFoundError(
                f'{folder}: has no file <video>{EMBEDDING_SUFFIX}; see tools/embed.py'
            )
    paths = {video: folder / f'{video}{EMBEDDING_SUFFIX}' for video in videos}
    tracks = {video: _read_track(path) for video, path in paths.items() if path.is_file()}
    return _report_nan({video: track for video, track in tracks.items() if len(track.rows)})


def _report_nan(tracks: dict[str, Track]) -> dict[str, Track]:
    count = sum(track.has_nan for track in tracks.values())
    if count:
        logging.getLogger(__name__).warning(
            f'{count} of {len(tracks)} videos have NaN among their embeddings, which becomes 0; '
            'embed them again if it should not be there.'
        )
    return tracks


def _read_track(path: Path) -> Track:
    from vpd_mm.datasets.dense_embeddings import dense_embeddings  # its package takes seconds

    embeddings = read_embeddings(path)
    first = int(embeddings.frame.min(initial=np.iinfo(np.int64).max))
    if first < 0:
        raise FormatError(path, 'has a negative frame number; write it again')
    dense, _ = dense_embeddings(embeddings.frame, embeddings.embedding)
    return _track(first, dense[first:])


def _track(first: int, rows: np.ndarray) -> Track:
    width = int(np.prod(rows.shape[1:]))
    rows = rows.reshape(len(rows), width).astype(np.float32)
    return Track(first, np.nan_to_num(rows), bool(np.isnan(rows).any()))


def write_library(
    path: str | Path, options: dict, tracks: dict[str, Track], actions: Sequence[Action]
) -> None:
    """Write embeddings and actions into one ``.npz`` file, atomically."""
    text = json.dumps(
        dict(
            options=options,
            actions=[asdict(action) for action in actions],
            videos=[[v, track.first, len(track.rows)] for v, track in tracks.items()],
        )
    )
    rows = np.concatenate([track.rows for track in tracks.values()])
    with atomic_path(path) as temporary, open(temporary, 'wb') as file:
        np.savez(file, rows=rows, library=np.frombuffer(text.encode(), np.uint8))


def read_library(path: str | Path) -> tuple[dict, dict[str, Track], list[Action]]:
    """Read what :func:`write_library` wrote.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If it is damaged or of another form.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            rows, content = file['rows'], json.loads(file['library'].tobytes())
        lengths = [length for *_, length in content['videos']]
        if rows.ndim != 2 or sum(lengths) != len(rows) or min(lengths) < 1:
            raise FormatError(path, 'has another number of rows than it states; save it again')
        parts = np.split(rows, np.cumsum(lengths)[:-1])
        tracks = {
            str(video): Track(int(first), part)
            for (video, first, _), part in zip(content['videos'], parts, strict=True)
        }
        actions = [Action(**action) for action in content['actions']]
        return dict(content['options']), tracks, actions
    except FormatError:
        raise
    except (BadZipFile, KeyError, TypeError, ValueError, EOFError, AttributeError) as error:
        raise FormatError(path, 'is no saved library of actions; save it again') from error
