"""Videos with labelled actions as windows of embeddings, for temporal detection."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.logging import print_log
from torch.utils.data import Dataset

from vpd_mm.formats import FormatError, read_embeddings
from vpd_mm.registry import DATASETS, SPORTS

from .dense_embeddings import dense_embeddings
from .detection_labels import action_interval, frame_labels, mean_lengths
from .window_sampling import WindowSampler

AGNOSTIC = ('action',)


@DATASETS.register_module()
class EmbeddingWindowDataset(Dataset):
    """Windows of the per-frame embeddings of some videos, or, in test mode, the whole videos.

    In training a batch is drawn at once and depends on its indices alone: an index is no
    particular window, but a part of the seed. Every window of every video is as likely as any
    other; a video shorter than the window is one window. Each has one of the views of its video.
    Name ``collate_fn=dict(type='vpd_mm.pass_batch')``. A batch is ``inputs`` with ``sequence``
    (B, 1, T, D), ``length`` (B,) and ``label`` (B, T), 0 for background.

    In test mode a sample is ``inputs``, (V, T, D), and ``data_samples`` with the metainfo
    ``video``, ``fps`` and ``gt_intervals``, (G, 3) rows (start, end, class).

    The videos are those of the actions of a split; all actions in them are labels. A video without
    embeddings is left out; its actions, as what a detector misses, stand in the metainfo.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        sport (dict): Config of the sport, such as
            ``dict(type='FigureSkating', data_root='data/fs')``.
        embedding_dir (str): Folder of ``<video>.emb.pkl`` files.
        split (str): ``train``, ``val``, ``test``, ``train_<k>_<trial>`` or ``all``.
        videos (list[str], optional): Names of the videos to take instead of those of the split.
        prefix (str): Only videos whose names begin so, such as ``'front__'``. Defaults to all.
        class_agnostic (bool): Whether all actions are one class. Defaults to True.
        window (int): Frames of a window. Defaults to 250.
        windows_per_epoch (int): Length of the dataset in training. Defaults to 5000.
        action_share (float): Share of the windows that are drawn about an action, every class as
            often; 0 as published. Defaults to 0.
        margin (tuple): Seconds to add before and behind each label. Defaults to (0, 0).
        moments (bool): Whether a label stands for a moment, to be found as its middle frame with
            the margin around it. Defaults to False.
        test_mode (bool): Whether a sample is a whole video. Defaults to False.
        seed (int): Part of the seed of every batch. Defaults to 0.

    Attributes:
        metainfo (dict): ``classes``; ``mean_length``, mean frames of an action of each class (in
            ``val`` and ``test``: of the split ``train``); ``unscored``, the intervals of videos
            without embeddings.

    Raises:
        FileNotFoundError: If none of the videos has embeddings.
        FormatError: If there is no video, or labels or embeddings are damaged.
    """

    def __init__(
        self,
        sport: dict,
        embedding_dir: str,
        split: str = 'train',
        videos: Sequence[str] | None = None,
        prefix: str = '',
        class_agnostic: bool = True,
        window: int = 250,
        windows_per_epoch: int = 5000,
        action_share: float = 0.0,
        margin: tuple[float, float] = (0.0, 0.0),
        moments: bool = False,
        test_mode: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.sport = SPORTS.build(sport)
        self.embedding_dir = Path(embedding_dir)
        self.split, self.margin, self.moments = split, tuple(margin), moments
        self.class_agnostic, self.test_mode, self.seed = class_agnostic, test_mode, seed
        self.window, self.windows_per_epoch = window, windows_per_epoch
        self.classes = AGNOSTIC if class_agnostic else tuple(self.sport.classes)
        self.prefix = prefix
        wanted = self._named(split_videos(self.sport, split) if videos is None else videos)
        self.intervals = self._intervals(wanted)
        rows = self._read(wanted)
        self.videos = list(rows)
        self._set_metainfo(own=videos is not None or split not in ('val', 'test'))
        self._stack(rows)
        self.sampler = WindowSampler(self.length, window, self._actions(), action_share)

    def _named(self, videos: Sequence[str]) -> list[str]:
        return [video for video in videos if video.startswith(self.prefix)]

    def _intervals(self, videos: Sequence[str]) -> dict[str, np.ndarray]:
        """(G, 3) rows (start, end, class) by video, sorted."""
        found = {video: [] for video in videos}
        for action in self.sport.labels.values():
            if action.video in found:
                fps = self.sport.video_meta(action.video).fps
                number = 0 if self.class_agnostic else self.classes.index(action.label)
                interval = action_interval(action, fps, self.margin, self.moments)
                found[action.video].append((*interval, number))
        return {v: np.array(sorted(rows), np.int64).reshape(-1, 3) for v, rows in found.items()}

    def _read(self, videos: Sequence[str]) -> dict[str, np.ndarray]:
        if not videos:
            raise FormatError(
                self.sport.data_root, f'split {self.split} has no video; label some actions of it'
            )
        paths = {video: self.embedding_dir / f'{video}.emb.pkl' for video in videos}
        files = {video: path for video, path in paths.items() if path.is_file()}
        rows = {video: read_dense(path, path.stat().st_mtime_ns) for video, path in files.items()}
        rows = {video: dense for video, dense in rows.items() if len(dense)}
        if not rows:
            raise FileNotFoundError(
                f'{self.embedding_dir}: none of the {len(videos)} videos of split {self.split} has '
                'embeddings here; make them with tools/embed.py, or name their folder.'
            )
        missing = [video for video in videos if video not in rows]
        if missing:
            text = (
                f'{len(missing)} of {len(videos)} videos have no embeddings, such as {missing[0]}'
            )
            print_log(f'{self.embedding_dir}: {text}.', logger='current', level=logging.WARNING)
        return rows

    def _set_metainfo(self, own: bool) -> None:
        known = (
            self.intervals
            if own
            else self._intervals(self._named(split_videos(self.sport, 'train')))
        )
        unscored = {v: rows.tolist() for v, rows in self.intervals.items() if v not in self.videos}
        self.metainfo = dict(
            classes=self.classes,
            mean_length=mean_lengths(known.values(), len(self.classes)),
            unscored=unscored,
        )

    def _stack(self, rows: dict[str, np.ndarray]) -> None:
        """Put the rows of all videos behind one another, (V, F, D)."""
        shapes = {dense.shape[1:]: video for video, dense in rows.items()}
        if len(shapes) > 1:
            (one, first), (two, second), *_ = shapes.items()
            raise FormatError(
                self.embedding_dir,
                f'{first} has embeddings of shape {one} and {second} of {two} (views, values); '
                'make them by one model',
            )
        self.length = np.array([len(dense) for dense in rows.values()], np.int64)
        self.offset = np.cumsum(self.length) - self.length
        behind = np.zeros((self.window, *next(iter(shapes))), np.float32)  # of the last window
        stacked = np.nan_to_num(np.concatenate([*rows.values(), behind]), copy=False)
        self.rows = torch.from_numpy(np.ascontiguousarray(stacked.swapaxes(0, 1)))
        labels = [frame_labels(self.intervals[video], len(dense)) for video, dense in rows.items()]
        self.labels = torch.from_numpy(np.concatenate([*labels, np.zeros(self.window, np.int64)]))

    def _actions(self) -> np.ndarray:
        """(A, 4) rows (number of the video, start, end, class); what is embedded of them."""
        parts = [np.insert(self.intervals[v], 0, n, axis=1) for n, v in enumerate(self.videos)]
        rows = np.concatenate(parts)
        return rows[rows[:, 1] < self.length[rows[:, 0]]]

    def __len__(self) -> int:
        return len(self.videos) if self.test_mode else self.windows_per_epoch

    def __getitem__(self, index: int) -> dict:
        return self.whole_video(index) if self.test_mode else self.draw([index])

    def __getitems__(self, indices: Sequence[int]) -> dict | list[dict]:
        """Give a batch of windows, or a list of whole videos."""
        if self.test_mode:
            return [self.whole_video(index) for index in indices]
        return self.draw(indices)

    def draw(self, indices: Sequence[int]) -> dict:
        """Draw a batch of windows, which depends on the indices and the seed alone."""
        rng = np.random.default_rng([*indices, self.seed])
        video, first = self.sampler.draw(rng, len(indices))
        view = rng.integers(len(self.rows), size=len(indices))
        length = torch.from_numpy(np.minimum(self.length[video] - first, self.window))
        width, frames = int(length.max()), self.rows.size(1)
        start = torch.from_numpy(self.offset[video] + first)
        sequence = windows_from(
            self.rows.flatten(0, 1), start + torch.from_numpy(view) * frames, width
        )
        label = windows_from(self.labels[:, None], start, width)[..., 0]
        if (length < width).any():
            behind = torch.arange(width) >= length[:, None]
            sequence.masked_fill_(behind[..., None], 0)
            label.masked_fill_(behind, 0)
        return dict(inputs=dict(sequence=sequence[:, None], length=length, label=label))

    def whole_video(self, index: int) -> dict:
        """Give one video with its intervals."""
        video, start = self.videos[index], self.offset[index]
        sample = ActionDataSample(
            metainfo=dict(
                video=video,
                fps=self.sport.video_meta(video).fps,
                gt_intervals=self.intervals[video],
            )
        )
        rows = self.rows[:, start : start + self.length[index]]
        return dict(inputs=rows, data_samples=sample)


def windows_from(rows: torch.Tensor, start: torch.Tensor, width: int) -> torch.Tensor:
    """Copy windows of rows: whole stretches of memory, not row by row.

    Args:
        rows (torch.Tensor): (F, D), contiguous.
        start (torch.Tensor): First row of each window, (N,) int64.
        width (int): Rows of a window, T.

    Returns:
        torch.Tensor: (N, T, D).
    """
    size = rows.size(1)
    every = rows.as_strided((len(rows) - width + 1, width * size), (size, 1))
    return every.index_select(0, start).unflatten(1, (width, size))


def split_videos(sport, split: str) -> list[str]:
    """Names of the videos of a split, sorted: of its actions and, in tests, without any too."""
    videos = {action.video for action in sport.actions(split)}
    return sorted(videos | set(sport.test_videos) if split == 'test' else videos)


@lru_cache(maxsize=1024)
def read_dense(path: Path, modified: int) -> np.ndarray:
    """Read the embeddings of a video, one row a frame, (T, V, D); kept for further datasets.

    Args:
        path (Path): The ``.emb.pkl`` file.
        modified (int): Its time of change, so that a new file is read anew.

    Raises:
        FormatError: If the file is damaged.
    """
    embeddings = read_embeddings(path)
    if len(embeddings) and embeddings.frame.min() < 0:
        raise FormatError(path, 'has a negative frame number; write it again')
    return dense_embeddings(embeddings.frame, embeddings.embedding)[0]
