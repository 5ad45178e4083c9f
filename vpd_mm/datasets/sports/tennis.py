"""Strokes of tennis matches (Tennis7)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from vpd_mm.formats import PLAYERS, Action, FormatError, VideoMeta
from vpd_mm.registry import SPORTS

from .base import Sport, missing_file
from .label_files import read_label_file, split_name
from .splits import split_by_videos

SECONDS = 0.5
TEST_MATCHES = frozenset(
    {
        'usopen_2015_mens_final_federer_djokovic',
        'usopen_2019_womens_osaka_gauff',
        'wimbledon_2019_mens_semifinal_federer_nadal',
        'wimbledon_2019_womens_final_halep_williams',
    }
)


class Clip(NamedTuple):
    """A part of a match; both bounds belong to it."""

    name: str
    start: int
    end: int


@SPORTS.register_module()
class Tennis(Sport):
    """Seven strokes of two players; the test set is four matches.

    Files: ``labels/all.txt`` (lines ``match:player:frame label``, counted in frames of the match;
    serves and what is no stroke are left out), ``labels/val.ids.txt`` and
    ``labels/train_<k>_<trial>.ids.txt``.

    Matches are cut into clips ``<match>_<start>_<end>``. A video of this sport is one player in
    one clip, ``front__<clip>`` or ``back__<clip>``: so are its poses, crops and embeddings named,
    and its frames count from the beginning of the clip. Which clips there are, the metadata says
    or, without it, the pose folders. A label that no clip has is left out; of two clips that
    overlap, the one that has more around the stroke is taken.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        data_root (str | Path): The folder, such as ``data/tennis``.
        video_metadata (str | Path, optional): JSON ``{clip: {fps, num_frames, width, height}}``
            to use in place of ``pose/<player>__<clip>/meta.json``.

    Example:
        >>> sport = Tennis('data/tennis')
        >>> [(action.video, action.start, action.end) for action in sport.actions('train_4_0')]
    """

    classes = (
        'forehand_topspin',
        'forehand_slice',
        'backhand_topspin',
        'backhand_slice',
        'forehand_volley',
        'backhand_volley',
        'overhead',
    )
    other_labels = ('serve', 'unknown_swing', 'nonshot', 'special')

    def read_labels(self) -> Iterator[Action]:
        path = self.label_path('all.txt')
        labels = read_label_file(path)
        others = {name for name, label in labels.items() if label in self.other_labels}
        self.leave_out(others, None)
        unknown = {n: x for n, x in labels.items() if x not in self.classes and n not in others}
        self.leave_out(unknown, f'no stroke ({", ".join(sorted(set(unknown.values())))})')
        actions = {
            name: self._action(path, name, label)
            for name, label in labels.items()
            if label in self.classes
        }
        lost = {name for name, action in actions.items() if action is None}
        self.leave_out(lost, 'no clip has them')
        yield from (action for action in actions.values() if action is not None)

    def _action(self, path: Path, name: str, label: str) -> Action | None:
        match, player, text = split_name(path, name, 'match:front|back:frame')
        if player not in PLAYERS:
            raise FormatError(path, f'"{name}" names neither front nor back; mend the line')
        frame = int(text)
        clips = [c for c in self.clips.get(match, ()) if c.start <= frame <= c.end]
        if not clips:
            return None
        clip = max(clips, key=lambda c: min(frame - c.start, c.end - frame))
        start = frame - clip.start
        return Action(name, f'{player}__{clip.name}', start, start + 1, label)

    @cached_property
    def clips(self) -> dict[str, list[Clip]]:
        """The clips of each match."""
        clips: dict[str, list[Clip]] = {}
        for name in sorted({clip_of(video) for video in self.known_videos}):
            match, *bounds = name.rsplit('_', 2)
            if len(bounds) == 2 and all(bound.isdecimal() for bound in bounds):
                clips.setdefault(match, []).append(Clip(name, *map(int, bounds)))
        if not clips:
            raise missing_file(
                self.video_metadata or self.data_root / 'pose',
                'a clip <match>_<first frame>_<last frame>',
            )
        return clips

    def split_ids(self, split: str) -> list[str]:
        return split_by_videos(self, split)

    @cached_property
    def test_videos(self) -> set[str]:
        clips = [clip for match in TEST_MATCHES for clip in self.clips.get(match, ())]
        return {f'{player}__{clip.name}' for player in PLAYERS for clip in clips}

    def videos_named(self, name: str) -> list[str]:
        """Give the video of each player of a clip, unless the name has the player."""
        return [name] if clip_of(name) != name else [f'{player}__{name}' for player in PLAYERS]

    def video_meta(self, video: str) -> VideoMeta:
        name = video if self.video_metadata is None else clip_of(video)
        return super().video_meta(name)

    def video_path(self, video: str) -> Path:
        return super().video_path(clip_of(video))

    def frame_offset(self, video: str) -> int:
        """Frame of the match that the first frame of a video is."""
        return int(clip_of(video).rsplit('_', 2)[1])

    def crop_parts(self) -> dict[str, tuple[str, int, int]]:
        """Clips whose player's crops may lie under the match, by frames of the match."""
        return {
            f'{player}__{clip.name}': (f'{player}__{match}', clip.start, clip.end)
            for match, clips in (self.clips.items() if self.known_videos else ())
            for clip in clips
            for player in PLAYERS
        }

    def window(self, action: Action) -> Action:
        """Dilate the moment of the stroke to half a second before and after it."""
        half = SECONDS * self.video_meta(action.video).fps
        start = max(0, int(action.start - half))
        return replace(action, start=start, end=int(action.start + half))


def clip_of(video: str) -> str:
    """Name of the clip that a player's video is of.

    Example:
        >>> clip_of('front__final_100_200')
        'final_100_200'
    """
    player, _, clip = video.partition('__')
    return clip if player in PLAYERS else video
