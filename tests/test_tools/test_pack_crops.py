"""Packing crops: goes on where it stopped, tells what failed, and ends the same when killed."""

import hashlib
import runpy
import subprocess
import sys
import time

import numpy as np
import pytest

from vpd_mm.formats import Crop, open_crops, write_crop


@pytest.fixture
def images(tmp_path):
    rng = np.random.default_rng(0)
    for video in ('a', 'b', 'match/front'):
        folder = tmp_path / 'images' / video
        folder.mkdir(parents=True)
        for frame in range(40):
            rgb = rng.integers(0, 256, (64, 64, 3), np.uint8)
            write_crop(folder, frame, Crop(rgb, rgb[..., :2], rgb[..., 0] > 128), rgb)
    return tmp_path / 'images'


@pytest.fixture
def script(repository):
    return str(repository / 'tools' / 'data' / 'pack_crops.py')


@pytest.fixture
def run(script, monkeypatch):
    def call(*args):
        monkeypatch.setattr(sys, 'argv', [script, *map(str, args), '--workers', '1'])
        runpy.run_path(script, run_name='__main__')

    return call


def hashes(folder):
    files = [path for path in folder.rglob('*') if path.is_file()]
    return {str(f.relative_to(folder)): hashlib.md5(f.read_bytes()).hexdigest() for f in files}


def test_packs_once_and_tells_what_failed(script, run, images, tmp_path):
    (images / 'b' / '7.flow.png').write_bytes(b'damaged')
    out = tmp_path / 'packed'
    command = [sys.executable, script, str(images), str(out), '--lossless', '--workers', '2']
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert '7.flow.png: is not a readable image' in result.stderr
    assert '1 failed; run again' in result.stderr
    packed, crops = open_crops(out), open_crops(images)
    assert packed.videos == ['a', 'front__match']
    a, b = packed.read('front__match', 3), crops.read('front__match', 3)
    assert all(np.array_equal(vars(a)[name], vars(b)[name]) for name in vars(a))

    write_crop(images / 'b', 7, crops.read('a', 7))
    before = {path: path.stat().st_mtime_ns for path in out.rglob('*.crops')}
    run(images, out, '--lossless')
    assert open_crops(out).videos == ['a', 'b', 'front__match']
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_killed_and_run_again_it_ends_the_same(script, run, images, tmp_path):
    run(images, tmp_path / 'whole')
    killed = tmp_path / 'killed'
    command = [sys.executable, script, str(images), str(killed), '--workers', '1']
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while process.poll() is None and not (killed.is_dir() and list(killed.iterdir())):
        time.sleep(0.002)
    process.kill()
    process.wait()
    run(images, killed)
    assert hashes(killed) == hashes(tmp_path / 'whole')


def test_wrong_folders_are_one_sentence(run, images, tmp_path):
    with pytest.raises(SystemExit, match=r'none: there are no crops here; run .*extract_crops'):
        run(tmp_path / 'none', tmp_path / 'packed')
    with pytest.raises(SystemExit, match='holds crops as images; choose another folder'):
        run(images, images)
    (tmp_path / 'empty').mkdir()
    with pytest.raises(SystemExit, match='empty: there are no crops here'):
        run(tmp_path / 'empty', tmp_path / 'packed')


def test_the_benchmark_compares_both_forms(repository, images):
    script = repository / 'tools' / 'benchmarks' / 'crop_reading.py'
    command = [sys.executable, str(script), str(images), '--count', '20', '--turns', '1']
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert '20 crops of 64 pixels with flow and mask' in result.stdout
    assert float(result.stdout.split('ratio')[1]) > 0
