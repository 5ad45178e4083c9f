"""Jumps in short programs of figure skating (FSJump6)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from vpd_mm.formats import Action, FormatError
from vpd_mm.registry import SPORTS

from .base import Sport
from .label_files import read_label_file, split_name
from .splits import split_by_videos

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

    def read_labels(self) -> Iterator[Action]:
        path = self.label_path('all.txt')
        labels = read_label_file(path)
        others = {name: label for name, label in labels.items() if label not in self.classes}
        self.leave_out(others, f'no jump ({", ".join(sorted(set(others.values())))})')
        for name in labels.keys() - others.keys():
            video, start, end = split_name(path, name, 'video:start:end')
            if not start.isdecimal() or int(start) >= int(end):
                raise FormatError(path, f'"{name}" is not "video:start:end"; mend the line')
            yield Action(name, video, int(start), int(end), labels[name])

    def split_ids(self, split: str) -> list[str]:
        return split_by_videos(self, split)

    @cached_property
    def test_videos(self) -> set[str]:
        videos = {*self.videos, *self.known_videos}
        return {video for video in videos if video.startswith(TEST_PREFIXES)}

    def window(self, action: Action) -> Action:
        """Dilate the span to at least 2.5 s before and 0.5 s after its middle."""
        fps = self.video_meta(action.video).fps
        middle = (action.start + action.end) / 2
        start = max(0, min(action.start, int(middle - SECONDS_BEFORE * fps)))
        return replace(action, start=start, end=max(action.end, int(middle + SECONDS_AFTER * fps)))
