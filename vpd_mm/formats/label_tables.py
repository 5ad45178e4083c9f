"""Tables of labels in CSV."""

import csv
import io
from pathlib import Path

from .errors import FormatError
from .segments import parse_time
from .spans import VIDEO_SUFFIX, Span

_TIMES = (('start', 'end'), ('start_frame', 'end_frame'), ('time', None), ('frame', None))
_DELIMITERS = ',;\t'


def read_label_table(path: str | Path) -> tuple[list[Span], dict[str, str]]:
    """Read a table with a header line; wrong lines do not stop the rest.

    The columns ``video`` and ``label`` are needed, and the times in one of these pairs or alone:
    ``start`` and ``end`` (seconds or h:mm:ss; what is shown at the end is not part of it),
    ``start_frame`` and ``end_frame``, or for events ``time`` or ``frame``. A column ``split`` says
    which split an action is in; all others become fields of the actions. Columns are separated by
    commas, semicolons or tabs; blank lines are skipped.

    Args:
        path: The file.

    Returns:
        The spans, and by line what is wrong with it.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If it is no such table.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode('utf-8-sig')
        first = text.lstrip().partition('\n')[0]
        delimiter = max(_DELIMITERS, key=first.count)
        header, *rows = csv.reader(io.StringIO(text.lstrip(), newline=''), delimiter=delimiter)
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise FormatError(path, 'is not a table in CSV with a header line') from error
    header = [column.strip() for column in header]
    times = next((pair for pair in _TIMES if all(c is None or c in header for c in pair)), None)
    if times is None or not {'video', 'label'} <= set(header):
        raise FormatError(
            path, 'lacks the columns video, label and times (start and end, or frame, or time)'
        )
    spans, problems = [], {}
    for number, cells in enumerate(rows, 2):
        if any(cell.strip() for cell in cells):
            where = f'{path}: row {number}'
            row = {k: v.strip() for k, v in zip(header, cells, strict=False)}
            try:
                spans.append(_span(row, *times, where))
            except ValueError as error:
                problems[where] = str(error)
    return spans, problems


def _span(row: dict[str, str], first: str, last: str | None, where: str) -> Span:
    lacking = [name for name in ('video', 'label', first, last) if name and not row.get(name)]
    if lacking:
        raise ValueError(f'has no {lacking[0]}')
    in_frames = first.endswith('frame')
    start = _time(row[first], in_frames)
    end = None if last is None else _time(row[last], in_frames)
    known = {'video', 'label', 'split', first, last}
    fields = {name: value for name, value in row.items() if name and name not in known}
    return Span(
        VIDEO_SUFFIX.sub('', row['video']),
        start,
        end,
        row['label'],
        in_frames,
        fields,
        row.get('split') or None,
        where,
    )


def _time(text: str, in_frames: bool) -> float:
    if not in_frames:
        return parse_time(text)
    if not text.isdecimal():
        raise ValueError(f'{text!r} is not the number of a frame')
    return int(text)
