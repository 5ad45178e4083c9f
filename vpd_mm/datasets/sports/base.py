"""What a sport is: names, labels, splits, and where the files of a video lie."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from vpd_mm.formats import Action, FormatError, VideoMeta


class Sport(ABC):
    """Names, labels and splits of one sport; the datasets ask it for everything sport-specific.

    A sport gives its labels (:meth:`read_labels`), the ids of a split (:meth:`split_ids`), the
    facts of a video (:meth:`video_meta`) and, where a label is not yet the interval to look at,
    the window around it (:meth:`window`). The paths follow one tree and are overridden where a
    sport keeps its files otherwise.

    Args:
        data_root (str | Path): Folder of the sport, such as ``data/fs``.
    """

    classes: tuple[str, ...] = ()

    def __init__(self, data_root: str | Path) -> None:
        self.data_root = Path(data_root)

    @abstractmethod
    def read_labels(self) -> Iterable[Action]:
        """Give all labelled actions, as labelled (without their windows)."""

    @abstractmethod
    def split_ids(self, split: str) -> Iterable[str]:
        """Give the action ids of ``train``, ``val``, ``test`` or ``train_<k>_<trial>``."""

    @abstractmethod
    def video_meta(self, video: str) -> VideoMeta:
        """Give frame rate, length and size of a video."""

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

    def actions(self, split: str = 'all') -> list[Action]:
        """Give the actions of a split, with their windows, sorted by id.

        Args:
            split (str): ``'all'``, ``'train'``, ``'val'``, ``'test'`` or ``'train_<k>_<trial>'``.

        Raises:
            FileNotFoundError: If a label file or the facts of a video are missing.
            FormatError: If the split is unknown or lists an action that has no label.
        """
        ids = self.labels if split == 'all' else sorted(self.split_ids(split))
        unknown = [name for name in ids if name not in self.labels]
        if unknown:
            raise FormatError(
                self.data_root,
                f'split {split} lists {unknown[0]} ({len(unknown)} such in all), which has no '
                'label; take the labels and the splits from the same source',
            )
        return [self.window(self.labels[name]) for name in ids]

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


def missing_file(path: str | Path, what: str) -> FileNotFoundError:
    """Give the error for a data file that is not there: which, where from, and the stand-in."""
    return FileNotFoundError(
        f'{path}: {what} is missing; data/README.md says where it comes from, and `make demo` '
        '(or tools/data/make_demo_data.py OUT) makes a stand-in data set.'
    )
