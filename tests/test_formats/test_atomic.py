"""What killed writers leave behind goes away; what somebody is writing stays."""

import multiprocessing
import os
import signal

import pytest

from vpd_mm.formats import atomic, atomic_directory, atomic_path, remove_leftovers, write_bytes


def names(folder):
    return sorted(path.name for path in folder.rglob('*'))


def die_while_writing(path):
    with atomic_directory(path / 'crops') as folder, atomic_path(path / 'note') as note:
        (folder / '1.png').write_bytes(b'half')
        note.write_text('half')
        os.kill(os.getpid(), signal.SIGKILL)


def test_the_next_writer_removes_what_a_killed_one_left(tmp_path):
    process = multiprocessing.get_context('forkserver').Process(
        target=die_while_writing, args=(tmp_path,)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(names(tmp_path)) == 3
    with atomic_path(tmp_path / 'other') as other:
        other.write_text('whole')
    assert names(tmp_path) == ['other']


def test_what_is_being_written_stays(tmp_path):
    with atomic_directory(tmp_path / 'a') as one, atomic_path(tmp_path / 'b') as two:
        remove_leftovers(tmp_path)
        with atomic_directory(tmp_path / 'a') as rival:
            (rival / 'first').touch()
        (one / 'second').touch()
        two.write_text('whole')
    assert names(tmp_path) == ['a', 'b', 'second']


def test_other_machines_are_given_an_hour(tmp_path):
    for name in ('old', 'new'):
        (tmp_path / f'.tmp-elsewhere-0123abcd-{name}').touch()
    (tmp_path / '.tmp-mine').touch()
    os.utime(tmp_path / '.tmp-elsewhere-0123abcd-old', (0, 0))
    remove_leftovers(tmp_path)
    assert names(tmp_path) == ['.tmp-elsewhere-0123abcd-new', '.tmp-mine']


def test_without_locks(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, 'fcntl', None)
    with atomic_directory(tmp_path / 'a') as folder:
        write_bytes(folder / 'file', b'whole')
        remove_leftovers(tmp_path)
    assert names(tmp_path) == ['a', 'file']


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), atomic_directory(tmp_path / 'a') as folder:
        (folder / 'file').touch()
        raise KeyError
    with pytest.raises(TypeError):
        write_bytes(tmp_path / 'b', 'not bytes')
    assert names(tmp_path) == []
