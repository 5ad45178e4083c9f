"""The crops of a data set in either form, folders of images or packed files, read alike."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from .crops import Crop, list_crop_frames, read_crop, read_previous_crop
from .errors import FormatError
from .packed_crops import SUFFIX, PackedVideo, write_packed_video

PLAYERS = ('front', 'back')
"""Sides of a tennis court, by which two players of one video are told apart."""
_EXTRACT = 'run tools/data/extract_crops.py'


class CropStore(ABC):
    """The crops of a data set, by video and frame; see :func:`open_crops`.

    A store holds no open file: it may be pickled, and shared by forked processes.

    Attributes:
        path (Path): The data set's folder.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def __repr__(self) -> str:
        return f'{type(self).__name__}({str(self.path)!r})'

    @property
    def videos(self) -> list[str]:
        """Names, sorted; one in a folder of folders keeps the slash, as ``match/front``."""
        return sorted(self._list_videos(self.path, ''))

    @abstractmethod
    def frames(self, video: str, flow: bool = False) -> np.ndarray:
        """Frames of a video that have a crop, or with ``flow`` a crop with flow: (N,) int64,
        ascending.

        Raises:
            FileNotFoundError: If there is no such video.
            FormatError: If its file is damaged.
        """

    @abstractmethod
    def read(self, video: str, frame: int) -> Crop:
        """Read a crop, with its flow and mask where it has them.

        Raises:
            FileNotFoundError: If there is no such video, or no crop of the frame.
            FormatError: If a file is damaged.
        """

    @abstractmethod
    def read_previous(self, video: str, frame: int) -> np.ndarray:
        """Read what the crop's window held in the previous frame, (H, W, 3) uint8 RGB.

        Raises:
            FileNotFoundError: If it was not kept.
            FormatError: If a file is damaged.
        """

    @abstractmethod
    def close(self) -> None:
        """Forget what is known of the data set; it may be used again."""

    @abstractmethod
    def _list_videos(self, folder: Path, prefix: str) -> Iterator[str]: ...


class CropFolders(CropStore):
    """Crops as images, ``<path>/<video>/<frame>.png`` with flow and mask beside.

    The players of a tennis match may have folders in the folder of the match, as published: the
    video of ``<match>/front/`` is ``front__<match>``, as its poses and embeddings are named.
    """

    def frames(self, video: str, flow: bool = False) -> np.ndarray:
        folder = self._folder(video)
        if not os.path.isdir(folder):
            raise FileNotFoundError(f'{folder}: there are no crops of this video; {_EXTRACT}')
        return list_crop_frames(folder, flow)

    def read(self, video: str, frame: int) -> Crop:
        return read_crop(self._folder(video), frame)

    def read_previous(self, video: str, frame: int) -> np.ndarray:
        return read_previous_crop(self._folder(video), frame)

    def close(self) -> None:
        """Nothing is kept."""

    def _folder(self, video: str) -> str:
        player, _, match = video.partition('__')
        folder = os.path.join(self.path, video)
        if player in PLAYERS and not os.path.isdir(folder):
            return os.path.join(self.path, match, player)
        return folder

    def _list_videos(self, folder: Path, prefix: str) -> Iterator[str]:
        for entry in _visible(folder):
            if entry.is_dir():
                name = prefix + entry.name
                if prefix and entry.name in PLAYERS:
                    name = f'{entry.name}__{prefix[:-1]}'
                first = next(_visible(entry.path), None)
                if first is not None and first.is_dir():
                    yield from self._list_videos(Path(entry.path), f'{name}/')
                else:
                    yield name


class PackedCrops(CropStore):
    """Crops as packed files, ``<path>/<video>.crops``.

    The list of frames of a video is read when it is first asked for, and kept: 40 bytes a frame.
    """

    def __init__(self, path: str | Path):
        super().__init__(path)
        self._opened: dict[str, PackedVideo] = {}

    def frames(self, video: str, flow: bool = False) -> np.ndarray:
        opened = self._open(video)
        return opened.frame[opened.index['flow'] > 0] if flow else opened.frame.copy()

    def read(self, video: str, frame: int) -> Crop:
        return self._open(video).read(frame)

    def read_previous(self, video: str, frame: int) -> np.ndarray:
        return self._open(video).read_previous(frame)

    def close(self) -> None:
        self._opened.clear()

    def __getstate__(self) -> dict:
        return {**vars(self), '_opened': {}}

    def _open(self, video: str) -> PackedVideo:
        if video not in self._opened:
            path = _packed_file(self.path, video)
            if not os.path.isfile(path):
                raise FileNotFoundError(f'{path}: there are no crops of this video; {_EXTRACT}')
            self._opened[video] = PackedVideo(path)
        return self._opened[video]

    def _list_videos(self, folder: Path, prefix: str) -> Iterator[str]:
        for entry in _visible(folder):
            if entry.name.endswith(SUFFIX) and entry.is_file():
                yield prefix + entry.name.removesuffix(SUFFIX)
            elif entry.is_dir():
                yield from self._list_videos(Path(entry.path), f'{prefix}{entry.name}/')


class PackedCropWriter:
    """Writes crops as packed files, ``<path>/<video>.crops``, a video whole or not at all.

    Several processes may write one data set, each its own videos.

    Args:
        path: The data set's folder; made where it is missing.
        lossless: Keep the images exactly; otherwise as JPEG of quality 95. Flow and mask are
            always exact.

    Raises:
        FormatError: If the folder holds crops as images.

    Example:
        >>> with PackedCropWriter('data/fs/packed') as writer:
        ...     writer.write_video('waltz', [(0, Crop(rgb, None, None), None)])
    """

    def __init__(self, path: str | Path, lossless: bool = False):
        self.path = Path(path)
        self.lossless = lossless
        self.path.mkdir(parents=True, exist_ok=True)
        if _first_form(self.path) == '.png':
            raise FormatError(self.path, 'holds crops as images; choose another folder')

    def __enter__(self) -> 'PackedCropWriter':
        return self

    def __exit__(self, *_) -> None:
        """Nothing is left to do: each video is complete when it is written."""

    @property
    def videos(self) -> list[str]:
        """Names of the videos that are written, sorted."""
        return PackedCrops(self.path).videos

    def write_video(self, video: str, crops: Iterable[tuple[int, Crop, np.ndarray | None]]) -> int:
        """Write the crops of a video; one of that name is replaced.

        Args:
            video: Name.
            crops: Frame number, crop (its mask may be uint8, grey on edges) and previous crop
                ((H, W, 3) uint8 RGB) or None, in any order.

        Returns:
            int: Number of crops.

        Raises:
            ValueError: If a frame comes twice.
            OSError: If there is no space or permission.
        """
        return write_packed_video(_packed_file(self.path, video), crops, self.lossless)


def open_crops(path: str | Path) -> CropStore:
    """Open the crops of a data set, in whichever form they are.

    Args:
        path: A folder of ``<video>/<frame>.png`` or of ``<video>.crops``.

    Raises:
        FileNotFoundError: If there is no such folder.

    Example:
        >>> crops = open_crops('data/fs/crops')
        >>> crops.read('waltz', crops.frames('waltz')[0]).rgb.shape
        (128, 128, 3)
    """
    if not os.path.isdir(path):
        raise FileNotFoundError(f'{path}: there are no crops here; {_EXTRACT}')
    return PackedCrops(path) if _first_form(path) == SUFFIX else CropFolders(path)


def _first_form(path: str | Path) -> str | None:
    """Suffix of the first crops that are found in a folder, packed or images; None without any."""
    folders = []
    for entry in _visible(path):
        suffix = os.path.splitext(entry.name)[1]
        if entry.is_dir():
            folders.append(entry.path)
        elif suffix in (SUFFIX, '.png'):
            return suffix
    return next(filter(None, map(_first_form, sorted(folders))), None)


def _packed_file(path: Path, video: str) -> str:
    return os.path.join(path, f'{video}{SUFFIX}')


def _visible(folder: str | Path) -> Iterator[os.DirEntry]:
    with os.scandir(folder) as entries:
        yield from (entry for entry in entries if not entry.name.startswith('.'))
