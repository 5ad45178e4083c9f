"""tools/data/cut_videos.py, called as a user calls it."""

import hashlib
import signal
import subprocess
import sys
import time

import numpy as np
import orjson
import pytest

from vpd_mm.formats import iter_frames, probe_video, write_video

pytest.importorskip('av')


def write_counting(path, num_frames=60, height=48):
    """A video in whose frame n the first n % 60 columns are bright."""
    columns = np.arange(64) < np.arange(num_frames)[:, None] % 60
    bright = np.uint8(200) * columns[:, None, :, None]
    write_video(path, (np.tile(row, (height, 1, 3)) for row in bright), 25)


def first_number(path):
    return int((next(iter_frames(path)).mean((0, 2)) > 100).sum())


@pytest.fixture
def videos(tmp_path):
    for name in ('final', '-_q'):
        write_counting(tmp_path / 'videos' / f'{name}.mp4')
    return tmp_path / 'videos'


@pytest.fixture
def command(repository, videos, tmp_path):
    def make(segments, *options):
        path = tmp_path / ('list.json' if isinstance(segments, dict) else 'list.csv')
        if isinstance(segments, dict):
            path.write_bytes(orjson.dumps(segments))
        else:
            path.write_text(segments)
        script = repository / 'tools' / 'data' / 'cut_videos.py'
        arguments = script, videos, path, tmp_path / 'out', *options
        return [sys.executable, *map(str, arguments)]

    return make


def call(command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert 'Traceback' not in done.stderr, done.stderr
    return done


def test_routines_are_cut_once(command, tmp_path):
    routines = 'video,order,start,end,duration\nfinal,1,0:00:00,0:00:00,0\nfinal,2,1,1,0\n'
    assert call(command(routines, '--workers', 2)).returncode == 0
    paths = sorted((tmp_path / 'out').iterdir())
    assert [path.name for path in paths] == [
        'final_01_00000000_00000025.mp4',
        'final_02_00000025_00000050.mp4',
    ]
    assert [first_number(path) for path in paths] == [0, 25]
    assert [len(list(iter_frames(path))) for path in paths] == [25, 25]
    assert probe_video(paths[0]).fps == 25
    before = {path: path.stat().st_mtime_ns for path in paths}
    assert call(command(routines)).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in paths} == before


def test_events_of_one_apparatus(command, tmp_path):
    events = {'E_000001_000002': {'event': 3, 'timestamps': [[0.4, 1.2]]}}
    events['E_000000_000001'] = {'event': 1, 'timestamps': [[0, 1]]}
    assert call(command({'-_q': events}, '--event', 'balance beam')).returncode == 0
    (path,) = (tmp_path / 'out').iterdir()
    assert path.name == '-_q_E_000001_000002.mp4'
    assert first_number(path) == 10 and len(list(iter_frames(path))) == 20


def test_what_cannot_be_cut_does_not_stop_the_rest(command, videos, tmp_path):
    (videos / 'empty.mp4').write_bytes(b'')
    rows = 'video,start,end\nfinal,2,3\nmissing,1,2\nfinal,x,2\nempty,0,1\nfinal,0.2,1\n'
    done = call(command(rows))
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith('error: ')]
    assert len(errors) == 4 and '4 failed' in done.stderr
    assert f"error: {tmp_path}/list.csv: line 4: 'x' is not a time" in done.stderr
    assert f'error: missing: has no video in {videos}' in done.stderr
    assert f'error: empty: {videos}/empty.mp4: cannot be opened as a video' in done.stderr
    assert 'final.mp4: has 60 frames (2.40 s), so frames 50 to 75' in done.stderr
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['final_00000005_00000025.mp4']


def test_wrong_arguments(command):
    done = call(command('video,start,end\n', '--event', 'floor'))
    assert done.returncode == 2 and '--event needs the annotation JSON' in done.stderr


def test_killed_and_started_again(command, videos, tmp_path):
    write_counting(videos / 'final.mp4', 1000, 240)
    rows = ''.join(f'final,{start},{start + 10}\n' for start in range(0, 30, 6))
    cut = command('video,start,end\n' + rows, '--workers', 1)
    for seed in range(2):
        count = len(list((tmp_path / 'out').glob('*.mp4')))
        process = subprocess.Popen(cut, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while len(list((tmp_path / 'out').glob('*.mp4'))) == count and process.poll() is None:
            time.sleep(0.02)
        time.sleep(np.random.default_rng(seed).uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert call(cut).returncode == 0
    interrupted = hashes(tmp_path / 'out')
    (tmp_path / 'out').rename(tmp_path / 'before')
    assert call(cut).returncode == 0
    assert hashes(tmp_path / 'out') == interrupted and len(interrupted) == 5


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()}
