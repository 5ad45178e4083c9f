"""A user's own sport, described by ``actions.json``."""

from functools import cached_property
from pathlib import Path

from vpd_mm.formats import Action, Actions, FormatError, VideoMeta, read_actions
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file


@SPORTS.register_module()
class CustomSport(Sport):
    """Classes, videos, actions and splits as ``actions.json`` gives them; spans are kept.

    Args:
        data_root (str | Path): Folder that holds ``actions.json`` and the data tree.

    Example:
        >>> sport = CustomSport('data/judo')
        >>> sport.classes, len(sport.actions('train'))
    """

    def __init__(self, data_root: str | Path) -> None:
        super().__init__(data_root)  # the facts of the videos stand in actions.json

    @property
    def _path(self) -> Path:
        return self.data_root / 'actions.json'

    @cached_property
    def _file(self) -> Actions:
        if not self._path.is_file():
            raise missing_file(self._path, 'the file of classes, videos, actions and splits')
        return read_actions(self._path)

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self._file.classes)

    def read_labels(self) -> list[Action]:
        return self._file.actions

    def split_ids(self, split: str) -> list[str]:
        if split not in self._file.splits:
            known = ', '.join(self._file.splits) or 'none'
            raise FormatError(
                self._path, f'has no split {split} (it has: {known}); add it under "splits"'
            )
        return self._file.splits[split]

    @property
    def test_videos(self) -> set[str]:
        test = self._file.splits.get('test', ())
        return {self.labels[name].video for name in test}

    @property
    def known_videos(self) -> set[str]:
        return set(self._file.videos)

    def video_meta(self, video: str) -> VideoMeta:
        if video not in self._file.videos:
            raise FormatError(self._path, f'has no video {video}; add it under "videos"')
        return self._file.videos[video]
