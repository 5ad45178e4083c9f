"""The published label files: lines ``id label`` and lists of ids."""

from pathlib import Path

from vpd_mm.formats import FormatError

from .base import missing_file


def read_label_file(path: str | Path) -> dict[str, str]:
    """Read lines ``<id> <label>``; blank lines are skipped.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If a line has no label.
    """
    labels = {}
    for line in _lines(path, 'the label file'):
        parts = line.rsplit(None, 1)
        if len(parts) != 2:
            raise FormatError(path, f'line "{line}" is not "<action id> <label>"; mend it')
        labels[parts[0]] = parts[1]
    return labels


def read_id_file(path: str | Path) -> list[str]:
    """Read a list of action ids, one a line.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    return _lines(path, 'the list of action ids')


def _lines(path: str | Path, what: str) -> list[str]:
    path = Path(path)
    if not path.is_file():
        raise missing_file(path, what)
    lines = (line.strip() for line in path.read_text(encoding='utf-8').splitlines())
    return [line for line in lines if line]
