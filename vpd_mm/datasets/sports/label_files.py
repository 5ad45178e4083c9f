"""The published label files: lines ``id label`` and lists of ids."""

from pathlib import Path

from vpd_mm.formats import FormatError

from .base import missing_file


def read_label_file(path: str | Path) -> dict[str, str]:
    """Read lines ``<id> <label>``; blank lines are skipped.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If a line has no label, or an action has two different ones.
    """
    labels: dict[str, str] = {}
    for line in read_lines(path, 'the label file'):
        parts = line.rsplit(None, 1)
        if len(parts) != 2:
            raise FormatError(path, f'line "{line}" is not "<action id> <label>"; mend it')
        if labels.setdefault(*parts) != parts[1]:
            raise FormatError(path, f'{parts[0]} has the labels {labels[parts[0]]} and {parts[1]}')
    return labels


def read_id_file(path: str | Path) -> list[str]:
    """Read a list of action ids, one a line; blank lines are skipped, repeated ids kept once.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    return list(dict.fromkeys(read_lines(path, 'the list of action ids')))


def read_lines(path: str | Path, what: str) -> list[str]:
    """Read the lines of a text file that are not blank.

    Args:
        path: The file.
        what: How the error names a missing file.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If it is not text.
    """
    path = Path(path)
    if not path.is_file():
        raise missing_file(path, what)
    try:
        lines = path.read_text(encoding='utf-8-sig').splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(path, 'is not a text file in UTF-8; write it again') from error
    return [line.strip() for line in lines if line.strip()]


def split_name(path: str | Path, name: str, form: str) -> list[str]:
    """Split an action id at its last two colons; the last part is a number.

    Args:
        path: File to name in the error.
        name: The id, such as ``routine:120:170``.
        form: How it should look, for the error.

    Raises:
        FormatError: If it looks otherwise.
    """
    parts = name.rsplit(':', 2)
    if len(parts) != 3 or not parts[0] or not parts[2].isdecimal():
        raise FormatError(path, f'"{name}" is not "{form}"; mend the line')
    return parts
