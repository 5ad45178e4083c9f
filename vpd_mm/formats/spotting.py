"""Event lists of the spotting data sets (one JSON of all videos of a split)."""

from pathlib import Path

from .errors import FormatError
from .json_files import read_json
from .poses import VideoMeta, _video_meta
from .spans import Span

_SPLITS = ('train', 'val', 'test')


def read_spotting(
    path: str | Path, fps: float | None = None
) -> tuple[list[Span], dict[str, VideoMeta]]:
    """Read events and the facts of their videos.

    The file is ``[{"video": name, "fps": …, "num_frames": …, "events": [{"frame": …, "label": …,
    …}], …}]``; further values of an event become fields. A file called ``train``, ``val`` or
    ``test`` is that split.

    Source of the layout: Hong et al., "Spotting Temporally Precise, Fine-Grained Events in
    Video", ECCV 2022.

    Args:
        path: The file.
        fps: Frame rate of the videos whose frame rate the file does not know (-1).

    Returns:
        The events, and the facts by video.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If a video or an event lacks a value.
    """
    path = Path(path)
    content = read_json(path)
    if not isinstance(content, list):
        raise FormatError(path, 'is not a list of videos with their events')
    split = path.stem if path.stem in _SPLITS else None
    spans: list[Span] = []
    videos: dict[str, VideoMeta] = {}
    for entry in content:
        if not isinstance(entry, dict) or not isinstance(entry.get('video'), str):
            raise FormatError(path, 'has an entry without "video"; is it another kind of file?')
        name = entry['video']
        where = f'{path}: video {name}'
        if name in videos:
            raise FormatError(path, f'lists video {name} twice')
        if not isinstance(entry.get('events'), list):
            raise FormatError(where, 'lacks "events"')
        videos[name] = _facts(entry, fps, where)
        spans += [_event(event, name, split, where) for event in entry['events']]
    return spans, videos


def _facts(entry: dict, fps: float | None, where: str) -> VideoMeta:
    rate = entry.get('fps')
    if rate is None or rate == -1:
        if fps is None:
            raise FormatError(where, 'has no frame rate; give it with --fps')
        rate = fps
    return _video_meta(where, dict(width=0, height=0) | entry | dict(fps=rate))


def _event(event, video: str, split: str | None, where: str) -> Span:
    frame = event.get('frame') if isinstance(event, dict) else None
    label = event.get('label') if isinstance(event, dict) else None
    if not isinstance(frame, int) or isinstance(frame, bool) or not isinstance(label, str):
        raise FormatError(where, f'has an event without a "frame" and a "label": {event}')
    fields = {k: v for k, v in event.items() if k not in ('frame', 'label') and v not in ('', None)}
    where = f'{where}, {label} at frame {frame}'
    return Span(video, frame, None, label, True, fields, split, where)
