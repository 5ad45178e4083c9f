"""Jumps in short programs of figure skating (FSJump6)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from vpd_mm.formats import Action, FormatError, VideoMeta, read_meta, read_video_metadata
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file
from .label_files import read_id_file, read_label_file

SECONDS_BEFORE = 2.5
SECONDS_AFTER = 0.5
TEST_PREFIXES = tuple(
    f'{who}_{event}_short_program_2018'
    for who in ('men', 'women')
    for event in ('olympic', 'world')
)


@SPORTS.register_module()
class FigureSkating(Sport):
    """Six jumps; the test set is the Olympics and World Championships of 2018.

    Files: ``labels/all.txt`` (lines ``video:start:end label``, other labels than the six jumps
    are left out), ``labels/val.ids.txt`` and ``labels/train_<k>_<trial>.ids.txt``.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        data_root (str | Path): The folder, such as ``data/fs``.
        video_metadata (str | Path, optional): JSON ``{video: {fps, num_frames, width, height}}``
            to use in place of ``pose/<video>/meta.json``.

    Example:
        >>> sport = FigureSkating('data/fs')
        >>> [(action.id, action.label) for action in sport.actions('train_4_0')]
    """

    classes = ('axel', 'lutz', 'flip', 'loop', 'salchow', 'toe_loop')

    def __init__(self, data_root: str | Path, video_metadata: str | Path | None = None) -> None:
        super().__init__(data_root)
        self.video_metadata = video_metadata

    def read_labels(self) -> Iterator[Action]:
        path = self.data_root / 'labels' / 'all.txt'
        for name, label in read_label_file(path).items():
            if label in self.classes:
                yield _action(path, name, label)

    def split_ids(self, split: str) -> list[str]:
        if split == 'test':
            return [a.id for a in self.labels.values() if a.video in self.test_videos]
        if split == 'val':
            validation = set(read_id_file(self._id_file('val')))
            return [name for name in self.labels if name in validation]
        if split == 'train':
            others = {*self.split_ids('val'), *self.split_ids('test')}
            return [name for name in self.labels if name not in others]
        return read_id_file(self._id_file(split))

    def _id_file(self, split: str) -> Path:
        return self.data_root / 'labels' / f'{split}.ids.txt'

    @cached_property
    def test_videos(self) -> set[str]:
        return {video for video in self.videos if video.startswith(TEST_PREFIXES)}

    @cached_property
    def _metadata(self) -> dict[str, VideoMeta]:
        return {} if self.video_metadata is None else read_video_metadata(self.video_metadata)

    def video_meta(self, video: str) -> VideoMeta:
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

    def window(self, action: Action) -> Action:
        """Dilate the span to at least 2.5 s before and 0.5 s after its middle."""
        fps = self.video_meta(action.video).fps
        middle = (action.start + action.end) / 2
        start = max(0, min(action.start, int(middle - SECONDS_BEFORE * fps)))
        return replace(action, start=start, end=max(action.end, int(middle + SECONDS_AFTER * fps)))


def _action(path: Path, name: str, label: str) -> Action:
    parts = name.rsplit(':', 2)
    if len(parts) != 3 or not (parts[1].isdigit() and parts[2].isdigit()):
        raise FormatError(path, f'"{name}" is not "video:start:end"; mend the line')
    return Action(name, parts[0], int(parts[1]), int(parts[2]), label)
