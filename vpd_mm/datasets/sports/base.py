"""What a sport is: names, labels, splits, and where the files of a video lie."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from mmengine.logging import print_log

from vpd_mm.formats import Action, FormatError, VideoMeta, read_meta, read_video_metadata

from .sampling import Sampling


class Sport(ABC):
    """Names, labels and splits of one sport; the datasets ask it for everything sport-specific.

    A sport gives its labels (:meth:`read_labels`), the ids of a split (:meth:`split_ids`) and,
    where a label is not yet the interval to look at, the window around it (:meth:`window`) and
    which rows of the window make the sequence (``sampling``). The paths follow one tree and are
    overridden where a sport keeps its files otherwise. A *video* is what has one file of
    embeddings: for tennis, one player in one clip.

    Args:
        data_root (str | Path): Folder of the sport, such as ``data/fs``.
        video_metadata (str | Path, optional): JSON ``{video: {fps, num_frames, width, height}}``
            to use in place of ``pose/<video>/meta.json``.

    Attributes:
        classes (tuple[str]): Names of the classes, in the order of their numbers.
        sampling (Sampling): Which rows of a window make the sequence.
        left_out (set[str]): Ids of actions that have a label, but are not used; filled when the
            labels are read.
    """

    classes: tuple[str, ...] = ()
    sampling = Sampling()

    def __init__(self, data_root: str | Path, video_metadata: str | Path | None = None) -> None:
        self.data_root = Path(data_root)
        self.video_metadata = video_metadata
        self.left_out: set[str] = set()

    @abstractmethod
    def read_labels(self) -> Iterable[Action]:
        """Give all labelled actions, as labelled (without their windows)."""

    @abstractmethod
    def split_ids(self, split: str) -> Iterable[str]:
        """Give the action ids of ``train``, ``val``, ``test`` or ``train_<k>_<trial>``."""

    @property
    @abstractmethod
    def test_videos(self) -> set[str]:
        """The videos that no training of any stage may see."""

    def window(self, action: Action) -> Action:
        """Give the action with the frames to look at; here, the labelled ones."""
        return action

    @cached_property
    def labels(self) -> dict[str, Action]:
        """Action id to the action as labelled, sorted by id."""
        return {action.id: action for action in sorted(self.read_labels(), key=lambda a: a.id)}

    @property
    def videos(self) -> list[str]:
        """Names of the labelled videos, sorted."""
        return sorted({action.video for action in self.labels.values()})

    def videos_named(self, name: str) -> list[str]:
        """Give the videos that a line of a list of videos stands for; here, the one it names."""
        return [name]

    def actions(self, split: str = 'all') -> list[Action]:
        """Give the actions of a split, with their windows, sorted by id.

        Args:
            split (str): ``'all'``, ``'train'``, ``'val'``, ``'test'`` or ``'train_<k>_<trial>'``.

        Raises:
            FileNotFoundError: If a label file or the facts of a video are missing.
            FormatError: If the split is unknown or lists an action that has no label.
        """
        ids = self.labels if split == 'all' else sorted(self.split_ids(split))
        unknown = [name for name in ids if name not in self.labels and name not in self.left_out]
        if unknown:
            raise FormatError(
                self.data_root,
                f'split {split} lists {unknown[0]} ({len(unknown)} such in all), which has no '
                'label; take the labels and the splits from the same source',
            )
        return [self.window(self.labels[name]) for name in ids if name in self.labels]

    def leave_out(self, ids: Iterable[str], why: str | None) -> None:
        """Note actions that have a label but are not used; say so once, unless `why` is None."""
        ids = set(ids)
        self.left_out |= ids
        if ids and why is not None:
            text = f'{self.data_root}: {len(ids)} labelled actions are left out: {why}.'
            print_log(text, logger='current', level=logging.WARNING)

    @cached_property
    def _metadata(self) -> dict[str, VideoMeta]:
        return {} if self.video_metadata is None else read_video_metadata(self.video_metadata)

    @cached_property
    def known_videos(self) -> set[str]:
        """Names in the metadata or, where there is none, of the pose folders."""
        if self.video_metadata is not None:
            return set(self._metadata)
        folder = self.data_root / 'pose'
        return {p.name for p in folder.iterdir() if p.is_dir()} if folder.is_dir() else set()

    def video_meta(self, video: str) -> VideoMeta:
        """Give frame rate, length and size of a video.

        Raises:
            FileNotFoundError: If the video has no ``meta.json``.
            FormatError: If the metadata lacks the video.
        """
        if video not in self._metadata:
            self._metadata[video] = self._read_meta(video)
        return self._metadata[video]

    def _read_meta(self, video: str) -> VideoMeta:
        if self.video_metadata is not None:
            raise FormatError(self.video_metadata, f'lacks video {video}; add its facts')
        path = self.pose_dir(video) / 'meta.json'
        if not path.is_file():
            raise missing_file(path, f'the frame rate of video {video}')
        return read_meta(path.parent)

    def label_path(self, name: str) -> Path:
        """Path of a label file."""
        return self.data_root / 'labels' / name

    def video_path(self, video: str) -> Path:
        """Path of the video file."""
        return self.data_root / 'videos' / f'{video}.mp4'

    def pose_dir(self, video: str) -> Path:
        """Folder of a video's boxes, poses, masks and ``meta.json``."""
        return self.data_root / 'pose' / video

    def crop_dir(self, video: str) -> Path:
        """Folder of a video's crops."""
        return self.data_root / 'crops' / video

    def embedding_path(self, video: str, name: str) -> Path:
        """Path of a video's embeddings of one kind, such as ``vipe``."""
        return self.data_root / 'embeddings' / name / f'{video}.emb.pkl'

    def crop_parts(self) -> dict[str, tuple[str, int, int]]:
        """Videos whose crops may lie under a longer one: its name, first and last frame in it."""
        return {}


def missing_file(path: str | Path, what: str) -> FileNotFoundError:
    """Give the error for a data file that is not there: which, where from, and the stand-in."""
    return FileNotFoundError(
        f'{path}: {what} is missing; data/README.md says where it comes from, and `make demo` '
        '(or tools/data/make_demo_data.py OUT) makes a stand-in data set.'
    )
