"""Labelled spans of videos, as annotation programs give them, and actions made of them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .actions import Action, Actions
from .poses import VideoMeta

VIDEO_SUFFIX = re.compile(r'\.(mp4|avi|mkv|mov|webm)$', re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A label between two times of a video.

    Attributes:
        video: Name of the video, without suffix.
        start: First moment.
        end: Moment after the last, or None for an event that has one moment alone.
        label: Name of the class.
        in_frames: Whether the times are frame numbers, not seconds.
        fields: Further values, such as ``subject``.
        split: Split that the annotation assigns, or None.
        where: Where it was read, for messages.
    """

    video: str
    start: float
    end: float | None
    label: str
    in_frames: bool = False
    fields: Mapping = field(default_factory=dict)
    split: str | None = None
    where: str = ''

    def frames(self, meta: VideoMeta, radius: float) -> tuple[int, int]:
        """First frame and the frame after the last.

        Args:
            meta: Frame rate and length of the video.
            radius: Seconds before and after an event that belong to it.

        Raises:
            ValueError: If the span is none, or not in the video.

        Example:
            >>> Span('v', 2, None, 'serve').frames(VideoMeta(25.0, 100, 0, 0), radius=0.2)
            (45, 56)
        """
        rate = 1.0 if self.in_frames else meta.fps
        if self.end is None:
            frame, reach = round(self.start * rate), round(radius * meta.fps)
            if not 0 <= frame < meta.num_frames:
                raise ValueError(
                    f'frame {frame} is not in the {meta.num_frames} frames of the video'
                )
            return max(0, frame - reach), min(meta.num_frames, frame + reach + 1)
        start, end = round(self.start * rate), round(self.end * rate)
        if not 0 <= self.start < self.end:
            raise ValueError(f'ends at {self.end:g}, not after its start at {self.start:g}')
        if start >= meta.num_frames or end > meta.num_frames + meta.fps:
            raise ValueError(
                f'frames {start} to {end} are not in the {meta.num_frames} frames of the video'
            )
        return start, min(max(end, start + 1), meta.num_frames)


def spans_to_actions(
    spans: Iterable[Span], videos: Mapping[str, VideoMeta], radius: float = 0.5
) -> tuple[Actions, dict[str, str]]:
    """Make actions of spans; wrong spans do not stop the rest.

    An action is named ``<video>:<start>:<end>``, and ``:<label>`` follows where spans of several
    labels coincide. What is listed twice is taken once.

    Args:
        spans: The spans.
        videos: Facts of the videos.
        radius: Seconds before and after an event that belong to it.

    Returns:
        The actions, with their classes sorted by name, and by place what is wrong there.
    """
    found: dict[tuple, Span] = {}
    problems: dict[str, str] = {}
    for span in spans:
        try:
            if span.video not in videos:
                raise ValueError(f'video {span.video} has no known frame rate and length')
            first, last = span.frames(videos[span.video], radius)
        except ValueError as error:
            problems[span.where] = str(error)
        else:
            found.setdefault((span.video, first, last, span.label), span)
    several = Counter(key[:3] for key in found)
    actions, splits = [], {}
    for key, span in sorted(found.items(), key=lambda item: item[0]):
        name = ':'.join(map(str, key if several[key[:3]] > 1 else key[:3]))
        actions.append(Action(name, *key, dict(span.fields)))
        if span.split:
            splits.setdefault(span.split, []).append(name)
    used = {name: videos[name] for name in sorted({action.video for action in actions})}
    classes = sorted({action.label for action in actions})
    return Actions(classes, used, actions, splits), problems
