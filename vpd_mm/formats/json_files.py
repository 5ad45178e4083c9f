"""JSON files, plain or gzipped, read and written as a whole."""

import gzip
import zlib
from collections import Counter
from pathlib import Path

import orjson

from .atomic import atomic_path
from .columns import distinct_frames
from .errors import FormatError


def read_json(path: str | Path):
    """Read a JSON file; one whose name ends in ``.gz`` is gzipped.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is cut short, damaged or not JSON.
    """
    path = Path(path)
    data = path.read_bytes()
    if path.suffix == '.gz':
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(
                path, f'is not a complete gzip file ({error}); write it again'
            ) from error
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FormatError(path, f'is not valid JSON ({error}); write it again') from error


def write_json(path: str | Path, content, indent: bool = False) -> None:
    """Write JSON atomically; NumPy arrays and numbers are allowed, NaN becomes null.

    A name that ends in ``.gz`` is gzipped without a time stamp: equal content, equal bytes.
    """
    options = orjson.OPT_SERIALIZE_NUMPY | (orjson.OPT_INDENT_2 if indent else 0)
    data = orjson.dumps(content, option=options)
    if Path(path).suffix == '.gz':
        data = gzip.compress(data, compresslevel=6, mtime=0)
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def rows_by_frame(path: Path, content, width: int) -> tuple[list, list[tuple]]:
    """Flatten ``[[frame, [row, …]], …]`` with rows of ``width`` entries.

    Returns:
        The frame of each row, and the columns of the rows (``width`` sequences).

    Raises:
        FormatError: If the content has another form or a frame is listed twice.
    """
    if not isinstance(content, list):
        raise FormatError(path, 'is not a list of [frame, rows]; is it another kind of file?')
    try:
        listed = Counter(frame for frame, _ in content)
        frames = [frame for frame, rows in content for _ in rows]
        rows = [row for _, rows in content for row in rows]
        if any(len(row) != width or not isinstance(row, list) for row in rows):
            raise ValueError
    except (TypeError, ValueError) as error:
        raise FormatError(
            path, f'has an entry that is not [frame, [rows of {width}]]; write it again'
        ) from error
    distinct_frames(path, listed)
    return frames, list(zip(*rows, strict=True)) or [()] * width


def group_rows(frames, rows: list) -> list:
    """Opposite of :func:`rows_by_frame`: ``[[frame, [row, …]], …]``, by frame, rows in order."""
    groups: dict[int, list] = {}
    for frame, row in zip(frames, rows, strict=True):
        groups.setdefault(int(frame), []).append(row)
    return [[frame, groups[frame]] for frame in sorted(groups)]
