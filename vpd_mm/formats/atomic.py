"""Writing so that a file or folder is either complete or absent, however the writer ends.

What is written lies beside its place under a name ``.tmp-<machine>-<token>-<name>``, locked by the
writing process, until it is renamed. A lock ends with its process, so the next writer in the same
folder knows what a killed one left behind, and removes it.
"""

import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not a POSIX system: leftovers are told by their age alone
    fcntl = None

_TEMPORARY = re.compile(r'\.tmp-(.+?)-[0-9a-f]{8}-.+')
_MACHINE = re.sub(r'\W', '', platform.node())[:32] or 'here'
_ABANDONED_AFTER = 3600  # seconds without a change; what is being written changes all the time


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; rename it to ``path`` on success.

    The temporary name starts with a dot and keeps the suffix, so that writers which choose a
    format by suffix work. Missing parent folders are made. After an error ``path`` is as before.

    Example:
        >>> with atomic_path('labels.txt') as temporary:
        ...     temporary.write_text('axel')
    """
    path = _in_a_clean_folder(path)
    with _temporary(path, _make_file) as temporary:
        yield temporary
        os.replace(temporary, path)


@contextmanager
def atomic_directory(path: str | Path) -> Iterator[Path]:
    """Give an empty temporary folder beside ``path``; on success it takes the place of ``path``.

    After an error ``path`` is as before.
    """
    path = _in_a_clean_folder(path)
    with _temporary(path, _make_folder) as temporary:
        yield temporary
        if path.exists():
            with _temporary(path, _make_folder) as old:
                os.replace(path, old)
                os.replace(temporary, path)
                shutil.rmtree(old)
        else:
            os.replace(temporary, path)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file atomically into a folder that exists.

    Unlike :func:`atomic_path` this does not look for leftovers, so that it also suits a folder of
    very many files; call :func:`remove_leftovers` for the folder once.
    """
    with _temporary(Path(path), _make_file) as temporary:
        temporary.write_bytes(content)
        os.replace(temporary, path)


def remove_leftovers(folder: str | Path) -> None:
    """Remove from a folder what writers that were killed left unfinished.

    Left over is what no process of this machine has locked; of what another machine wrote, what
    has not changed for an hour.
    """
    for name in os.listdir(folder):
        match = _TEMPORARY.fullmatch(name)
        if match:
            with suppress(FileNotFoundError):  # another process was faster
                _remove_if_abandoned(os.path.join(folder, name), match[1])


def _in_a_clean_folder(path: str | Path) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path.parent)
    return path


@contextmanager
def _temporary(path: Path, make: Callable[[Path], int | None]) -> Iterator[Path]:
    handle = None
    while handle is None:
        temporary = path.parent / f'.tmp-{_MACHINE}-{secrets.token_hex(4)}-{path.name}'
        handle = _lock(make(temporary), temporary)
    try:
        yield temporary
    except BaseException:
        _remove(temporary)
        raise
    finally:
        _close(handle)


def _make_file(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)


def _make_folder(path: Path) -> int | None:
    os.mkdir(path)
    with suppress(FileNotFoundError):
        return -1 if fcntl is None else os.open(path, os.O_RDONLY)


def _lock(handle: int | None, path: str | Path) -> int | None:
    """The handle, locked; -1 where there are no locks; None if another process removes the path."""
    if handle is None:
        return None
    try:
        if fcntl is None:
            raise OSError
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lost = not os.path.exists(path)
    except BlockingIOError:
        lost = True
    except OSError:
        _close(handle)
        return -1
    if lost:
        _close(handle)
    return None if lost else handle


def _close(handle: int) -> None:
    if handle >= 0:
        os.close(handle)


def _remove_if_abandoned(path: str, machine: str) -> None:
    by_age = fcntl is None or machine != _MACHINE
    handle = -1 if by_age else _lock(_open(path), path)
    if handle is None:
        return  # somebody is writing it
    if handle >= 0:
        _remove(path)
        os.close(handle)
    elif time.time() - os.stat(path).st_mtime > _ABANDONED_AFTER:
        _remove(path)


def _open(path: str) -> int:
    return os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)


def _remove(path: str | Path) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            os.unlink(path)
