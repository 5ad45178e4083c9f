"""Writing so that a file is either complete or absent."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent / f'.tmp-{os.getpid()}-{secrets.token_hex(4)}-{path.name}'


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; rename it to ``path`` on success.

    The temporary name starts with a dot and keeps the suffix, so that writers which choose a
    format by suffix work. Missing parent folders are made. After an error ``path`` is as before.

    Example:
        >>> with atomic_path('labels.txt') as temporary:
        ...     temporary.write_text('axel')
    """
    path = Path(path)
    temporary = _beside(path)
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_directory(path: str | Path) -> Iterator[Path]:
    """Give an empty temporary folder beside ``path``; on success it takes the place of ``path``.

    After an error ``path`` is as before.
    """
    path = Path(path)
    temporary = _beside(path)
    temporary.mkdir()
    try:
        yield temporary
        if path.exists():
            shutil.rmtree(path)
        os.replace(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
