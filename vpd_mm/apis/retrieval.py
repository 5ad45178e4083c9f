"""Find labelled actions, or places in long videos, that are like an example."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vpd_mm.alignment import dtw_path, find_subsequences, pairwise_dtw, subsequence_path
from vpd_mm.formats import Action, FormatError

from .retrieval_candidates import PooledIndex
from .retrieval_files import Track, read_library, read_tracks, write_library


@dataclass
class Match:
    """An interval that is like the query.

    Attributes:
        video: Name of the video.
        start: First frame.
        end: Frame after the last.
        distance: Distance under dynamic time warping, per frame.
        alignment: (P, 2) int64: this frame of the query, from 0, goes with that frame of the video.
        action: The labelled action; None for a place that :meth:`ActionRetriever.find` found.
    """

    video: str
    start: int
    end: int
    distance: float
    alignment: np.ndarray
    action: Action | None = None


class ActionRetriever:
    """A library of labelled actions, asked by example.

    Actions are compared by dynamic time warping of their embeddings, views concatenated. By
    default the result is that of comparing with all of them. With `candidates` a faiss index over
    pooled embeddings proposes so many, and only these are compared: for libraries too large
    otherwise. ``tools/benchmarks/retrieval.py`` measures what that misses.

    Args:
        candidates (int, optional): Actions that the index proposes; None compares with all.
        step_pattern (str): ``'symmetricP2'`` or ``'symmetric2'``.
        metric (str): Distance of frames, ``'euclidean'`` or ``'cosine'``.
        workers (int, optional): Threads. Defaults to the number of processors.

    Attributes:
        actions (list[Action]): The library.
        left_out (list[Action]): Actions without embeddings, which it does not hold.

    Raises:
        ImportError: If there are to be candidates and faiss is not installed.

    Example:
        >>> actions = read_actions('data/judo/actions.json').actions
        >>> retriever = ActionRetriever().fit('data/judo/embeddings/vipe', actions)
        >>> for match in retriever.query(('final', 2310, 2372), k=5):
        ...     print(match.action.label, match.video, match.start, match.distance)
        >>> places = retriever.find(('final', 2310, 2372), 'data/judo/unlabelled', k=20)
    """

    def __init__(
        self,
        candidates: int | None = None,
        step_pattern: str = 'symmetricP2',
        metric: str = 'euclidean',
        workers: int | None = None,
    ) -> None:
        if candidates is not None and candidates < 1:
            raise ValueError(f'candidates is {candidates}; give 1 or more, or None')
        self.options = dict(candidates=candidates, step_pattern=step_pattern, metric=metric)
        self.workers = workers
        self.actions: list[Action] = []
        self.left_out: list[Action] = []
        self.tracks: dict[str, Track] = {}

    def fit(
        self, embeddings: str | Path | Mapping[str, np.ndarray], actions: Sequence[Action]
    ) -> 'ActionRetriever':
        """Take actions into the library, in place of those before.

        Args:
            embeddings: Folder of ``<video>.emb.pkl``, or by video the rows of all frames from 0,
                (F, V, D) or (F, D).
            actions: Labelled intervals.

        Returns:
            The retriever.

        Raises:
            FileNotFoundError: If the folder is missing or no action has embeddings.
            FormatError: If a file is damaged.
            ValueError: If embeddings differ in size.
        """
        tracks = read_tracks(embeddings, sorted({action.video for action in actions}))
        return self._fill(tracks, actions, str(embeddings)[:200])

    def query(
        self, query: np.ndarray | tuple[str, int, int], k: int = 10, align: bool = True
    ) -> list[Match]:
        """Find the k actions of the library that are nearest.

        Args:
            query: A sequence (T, V, D) or (T, V * D), or (video, start, end) in a video of the
                library; what overlaps this interval is not given back.
            k: How many; fewer where the library has no more that the step pattern admits.
            align: Whether the matches have their alignment; it is empty otherwise.

        Returns:
            The matches, the nearest first.

        Raises:
            ValueError: If the query is empty, of another size or not in the library.
        """
        if k < 1:
            raise ValueError(f'k is {k}; give 1 or more')
        rows = self._rows(query)
        itself = self._overlapping(query)
        distance, number = self._search(rows, k + len(itself))
        kept = [(d, n) for d, n in zip(distance, number, strict=True) if n not in itself]
        return [self._match(rows, float(d), int(n), align) for d, n in kept[:k]]

    def find(
        self,
        query: np.ndarray | tuple[str, int, int],
        videos: str | Path | Mapping[str, np.ndarray] | None = None,
        k: int = 10,
    ) -> list[Match]:
        """Find the k places in whole videos that are nearest and do not overlap.

        Args:
            query: As :meth:`query` takes it.
            videos: Folder of ``<video>.emb.pkl``, or rows by video, as :meth:`fit` takes them;
                None for the videos of the library. What overlaps the query itself is left out.
            k: How many at most.

        Returns:
            The matches, the nearest first; see :func:`vpd_mm.alignment.find_subsequences`.

        Raises:
            FileNotFoundError: If there are no embeddings.
            ValueError: If the query is empty, of another size or not in the library.
        """
        rows, metric = self._rows(query), self.options['metric']
        tracks = self.tracks if videos is None else read_tracks(videos)
        pieces = list(_pieces(tracks, query))
        found = find_subsequences(rows, [rows_ for *_, rows_ in pieces], k, metric, self.workers)
        matches = []
        for distance, number, start, end in zip(*found, strict=True):
            video, first, sequence = pieces[number]
            _, index1, index2 = subsequence_path(rows, sequence[start:end], metric)
            alignment = np.stack([index1, index2 + first + start], 1)
            place = (video, int(first + start), int(first + end))
            matches.append(Match(*place, float(distance), alignment))
        return matches

    def pooled(self) -> np.ndarray:
        """Pooled embeddings of the library, for an index or a picture: (N, P) float32."""
        return PooledIndex.pool(self._sequences, self.options['metric'])

    def save(self, path: str | Path) -> None:
        """Write the library with its embeddings to an ``.npz`` file of numbers and text."""
        write_library(path, self.options, self.tracks, self.actions)

    @classmethod
    def load(cls, path: str | Path, workers: int | None = None) -> 'ActionRetriever':
        """Read what :meth:`save` wrote; no code of the file is run.

        Raises:
            FormatError: If the file is damaged or of another form.
        """
        options, tracks, actions = read_library(path)
        try:
            retriever = cls(**options, workers=workers)
        except TypeError as error:
            raise FormatError(path, 'has unknown options; save the library again') from error
        return retriever._fill(tracks, actions, str(path))

    def _fill(
        self, tracks: dict[str, Track], actions: Sequence[Action], source: str
    ) -> 'ActionRetriever':
        widths = {track.rows.shape[1] for track in tracks.values()}
        if len(widths) > 1:
            raise ValueError(f'{source}: videos have {sorted(widths)} numbers a frame; embed anew')
        cut = {a.id: tracks[a.video].cut(a.start, a.end) for a in actions if a.video in tracks}
        self.actions = [action for action in actions if len(cut.get(action.id, ()))]
        self.left_out = [action for action in actions if not len(cut.get(action.id, ()))]
        if not self.actions:
            raise FileNotFoundError(
                f'{source}: none of the {len(actions)} actions has embeddings here; make them with '
                'tools/embed.py, or name their folder'
            )
        self.tracks = tracks
        self._sequences = [cut[action.id] for action in self.actions]
        self._index = self.options['candidates'] and PooledIndex(
            self._sequences, self.options['metric'], self.options['step_pattern']
        )
        return self

    def _rows(self, query: np.ndarray | tuple[str, int, int]) -> np.ndarray:
        if not self.actions:
            raise ValueError('the library is empty; fit or load it first')
        if isinstance(query, tuple):
            video, start, end = query
            if video not in self.tracks:
                raise ValueError(f'video {video} is not in the library; give its embeddings')
            track = self.tracks[video]
            rows = track.cut(start, end)
            if not len(rows):
                raise ValueError(
                    f'there are no embeddings of frames {start} to before {end} of video {video}; '
                    f'it has those of {track.first} to {track.first + len(track.rows) - 1}'
                )
            return rows
        rows = np.nan_to_num(np.asarray(query, np.float32).reshape(len(query), -1))
        width = self._sequences[0].shape[1]
        if not len(rows) or rows.shape[1] != width:
            raise ValueError(
                f'the query has shape {rows.shape}; the library needs 1 or more rows of {width}'
            )
        return rows

    def _overlapping(self, query: np.ndarray | tuple[str, int, int]) -> set[int]:
        if not isinstance(query, tuple):
            return set()
        video, start, end = query
        return {
            number
            for number, action in enumerate(self.actions)
            if action.video == video and action.start < end and start < action.end
        }

    def _search(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        every = np.arange(len(self.actions))
        few = (
            self._index.propose(rows, max(k, self.options['candidates'])) if self._index else every
        )
        how = (self.options['step_pattern'], self.options['metric'], self.workers)
        # For one query comparing with all is faster than preparing bounds that would rule some out.
        distance = pairwise_dtw([self._sequences[n] for n in few], [rows], *how)[:, 0]
        best = np.argsort(distance, kind='stable')[:k]
        best = best[np.isfinite(distance[best])]
        return distance[best], few[best]

    def _match(self, rows: np.ndarray, distance: float, number: int, align: bool) -> Match:
        action, alignment = self.actions[number], np.zeros((0, 2), np.int64)
        if align:
            how = (self.options['step_pattern'], self.options['metric'])
            _, index1, index2 = dtw_path(rows, self._sequences[number], *how)
            start = max(action.start, self.tracks[action.video].first)
            alignment = np.stack([index1, index2 + start], 1)
        place = (action.video, action.start, action.end)
        return Match(*place, distance, alignment, action)


def _pieces(tracks: dict[str, Track], query):
    """Give (video, first frame, rows) of all videos, without the interval of the query."""
    for video, track in tracks.items():
        last = track.first + len(track.rows)
        if isinstance(query, tuple) and query[0] == video:
            yield video, track.first, track.cut(track.first, query[1])
            yield video, max(track.first, query[2]), track.cut(query[2], last)
        else:
            yield video, track.first, track.rows
