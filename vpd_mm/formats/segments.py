"""Lists of the parts of long videos: what to cut out of them."""

import csv
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import FormatError
from .json_files import read_json

# FineGym's numbers of the apparatus that its events happen on.
EVENTS = {'vault': 1, 'floor': 2, 'balance beam': 3, 'uneven bars': 4}
_ROUTINE_COLUMNS = ['video', 'order', 'start', 'end', 'duration']
_TIME = re.compile(r'(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)')
_NAME = re.compile(r'[^/\\\0.][^/\\\0]*')
_SUFFIX = re.compile(r'\.(mp4|avi|mkv|mov|webm)$', re.IGNORECASE)


@dataclass(frozen=True)
class Segment:
    """A part of a video.

    Attributes:
        video: Name of the video, without suffix.
        start: Where it begins, in seconds.
        end: Where it ends, in seconds; the frame shown then is not part of it.
        stem: What the name of the part begins with.
        numbered: Whether the first frame and the one after the last follow in the name.
    """

    video: str
    start: float
    end: float
    stem: str
    numbered: bool = True

    def frames(self, fps: float) -> tuple[int, int]:
        """First frame, and the frame after the last one, at a frame rate."""
        return round(self.start * float(fps)), round(self.end * float(fps))

    def name(self, fps: float) -> str:
        """Name of the part as a video of its own.

        Example:
            >>> Segment('final', 459, 628, 'final_01').name(25)
            'final_01_00011475_00015700'
        """
        start, end = self.frames(fps)
        return f'{self.stem}_{start:08d}_{end:08d}' if self.numbered else self.stem


def parse_time(text: str) -> float:
    """Seconds of a time such as ``12.25``, ``03:04`` (minutes and seconds) or ``1:02:03.5``.

    Raises:
        ValueError: If it is not such a time.
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        raise ValueError(f'{text!r} is not a time in seconds or h:mm:ss')
    hours, minutes, seconds = match.groups('0')
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def read_segments(
    path: str | Path, events: Collection[str] = tuple(EVENTS)
) -> tuple[list[Segment], dict[str, str]]:
    """Read a list of parts of videos; wrong lines do not stop the rest.

    Three layouts are told apart by suffix and header:

    - the published list of figure-skating routines, a CSV with exactly the columns
      ``video,order,start,end,duration``, whose end is the last second that belongs to the part;
      named ``<video>_<order>_<first frame>_<frame after the last>``;
    - any other CSV with the columns ``video,start,end``; named as above without the order;
    - the annotations of FineGym, a JSON of ``{video: {event: {"event": number on the apparatus,
      "timestamps": [[start, end]]}}}`` in seconds; named ``<video>_<event>``.

    Args:
        path: The list.
        events: Names of the apparatus wanted, of FineGym only.

    Returns:
        The parts in the order of the list, and by line (or event) what is wrong with it.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file has none of these layouts.
    """
    path = Path(path)
    entries = _read_events(path, events) if path.suffix == '.json' else _read_rows(path)
    segments, problems = [], {}
    for where, make in entries:
        try:
            segments.append(_checked(make()))
        except KeyError as error:
            problems[f'{path}: {where}'] = f'has no column {error}'
        except ValueError as error:
            problems[f'{path}: {where}'] = str(error)
    return segments, problems


def _checked(segment: Segment) -> Segment:
    if not _NAME.fullmatch(segment.stem):
        raise ValueError(f'{segment.stem!r} is not the name of a video')
    if not 0 <= segment.start < segment.end < float('inf'):
        raise ValueError(f'ends at {segment.end:g} s, not after its start at {segment.start:g} s')
    return segment


def _read_rows(path: Path) -> Iterator[tuple[str, object]]:
    try:
        with path.open(newline='', encoding='utf-8-sig') as file:
            header, *rows = csv.reader(file)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise FormatError(path, 'is not a list in CSV with a header line') from error
    header = [column.strip() for column in header]
    if not {'video', 'start', 'end'} <= set(header):
        raise FormatError(path, 'lacks a header line with the columns video, start and end')
    make = _routine if header == _ROUTINE_COLUMNS else _part
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            yield f'line {number}', lambda row=row: make(dict(zip(header, row, strict=False)))


def _part(row: dict[str, str]) -> Segment:
    video = _SUFFIX.sub('', row['video'].strip())
    return Segment(video, parse_time(row['start']), parse_time(row['end']), video)


def _routine(row: dict[str, str]) -> Segment:
    part = _part(row)
    if not row['order'].strip().isdecimal():
        raise ValueError(f'{row["order"]!r} is not the number of a routine')
    stem = f'{part.video}_{int(row["order"]):02d}'
    return Segment(part.video, part.start, part.end + 1, stem)


def _read_events(path: Path, events: Collection[str]) -> Iterator[tuple[str, object]]:
    content = read_json(path)
    if not isinstance(content, dict) or not all(isinstance(v, dict) for v in content.values()):
        raise FormatError(path, 'is not an object of videos with their events')
    wanted = {EVENTS[name] for name in events}
    for video, events_of_video in content.items():
        for name, event in events_of_video.items():
            if not isinstance(event, dict) or event.get('event') in wanted:
                yield f'{video} {name}', lambda v=video, n=name, e=event: _event(v, n, e)


def _event(video: str, name: str, event: dict) -> Segment:
    try:
        start, end = map(float, event['timestamps'][0])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError('has no "timestamps" [[start, end]] in seconds') from error
    return Segment(video, start, end, f'{video}_{name}', numbered=False)
