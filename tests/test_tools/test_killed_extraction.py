"""Extraction that is killed and started again, or loses a worker, ends as if undisturbed."""

import hashlib
import multiprocessing
import os
import runpy
import signal
import sys
import threading
import time

import numpy as np
import pytest

from vpd_mm.datasets.preparation import CropSettings, extract_crops, map_videos
from vpd_mm.formats import Boxes, Masks, write_boxes, write_masks, write_video

VIDEOS = 'abcd'
FRAMES = 80


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp('killed')
    rng = np.random.default_rng(0)
    frames = np.kron(
        rng.integers(0, 256, (FRAMES, 12, 16, 3), np.uint8), np.ones((8, 8, 1), np.uint8)
    )
    number, box = np.arange(FRAMES), np.array([30.0, 20.0, 50.0, 40.0])
    bitmap = np.ones((40, 50), bool)
    for name in VIDEOS:
        write_video(root / 'videos' / f'{name}.mp4', frames, 25)
        write_boxes(root / 'pose' / name, Boxes(number, np.tile(box, (FRAMES, 1))))
        boxes = np.tile(box.astype(np.int64), (FRAMES, 1))
        masks = Masks(number, np.full(FRAMES, 0.9), boxes, [bitmap] * FRAMES)
        write_masks(root / 'pose' / name, masks)
    return root


@pytest.fixture
def script(repository, monkeypatch):
    # A process of its own, of which a server that has imported everything makes a copy.
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['vpd_mm.datasets.preparation', 'vpd_mm.apis.command_line'])

    def start(name, *arguments):
        path = str(repository / 'tools' / 'data' / f'{name}.py')
        monkeypatch.setattr(sys, 'argv', [path, *map(str, arguments), '--workers', '1'])
        process = context.Process(target=runpy.run_path, args=(path, None, '__main__'))
        process.start()
        return process

    return start


def tree(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def paths(folder):
    # Unlike a glob, a walk passes over a folder that goes while it is being read.
    walk = os.walk(folder)
    return [os.path.join(root, name) for root, folders, files in walk for name in folders + files]


def finish(process):
    process.join(60)
    assert process.exitcode == 0


def kill_at_random_times(start, folder, seed):
    """Kill three runs, each a random while after it has begun to write; then let one finish."""
    rng = np.random.default_rng(seed)
    interrupted = 0
    for _ in range(3):
        process = start()
        before = paths(folder)
        while process.is_alive() and paths(folder) == before:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.04))
        process.kill()
        process.join()
        interrupted += process.exitcode == -signal.SIGKILL
    assert interrupted  # otherwise nothing was tested
    finish(start())


@pytest.mark.parametrize('options', [('--flow', 'dis'), ('--packed', '--previous', '1')])
def test_crops(data, script, tmp_path, options):
    def start(name):
        folders = data / 'videos', data / 'pose', tmp_path / name
        return script('extract_crops', *folders, '--dim', 64, *options)

    finish(start('undisturbed'))
    kill_at_random_times(lambda: start('killed'), tmp_path / 'killed', 0)
    assert tree(tmp_path / 'killed') == tree(tmp_path / 'undisturbed')


def test_flow(data, script, tmp_path):
    for name in ('undisturbed', 'killed'):
        folders = data / 'videos', data / 'pose', tmp_path / name
        finish(script('extract_crops', *folders, '--dim', 64))

    def start(name):
        return script('extract_flow', tmp_path / name, '--method', 'dis')

    finish(start('undisturbed'))
    kill_at_random_times(lambda: start('killed'), tmp_path / 'killed', 1)
    assert tree(tmp_path / 'killed') == tree(tmp_path / 'undisturbed')
    assert len(tree(tmp_path / 'killed')) == len(VIDEOS) * FRAMES * 4 + 2


def test_a_cluster_that_loses_a_worker(data, tmp_path):
    distributed = pytest.importorskip('distributed')
    settings = CropSettings(dim=32)

    def extract(name, out=tmp_path / 'cluster'):
        if not (out / name).is_dir():
            time.sleep(0.5)
            extract_crops(
                data / 'videos' / f'{name}.mp4', data / 'pose' / name, out / name, settings
            )

    def kill_a_worker_half_way(client):
        pids = list(client.run(os.getpid).values())
        while not list(tmp_path.glob('cluster/?')):
            time.sleep(0.01)
        os.kill(pids[0], signal.SIGKILL)

    local = dict(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with distributed.LocalCluster(**local) as cluster, distributed.Client(cluster) as client:
        killer = threading.Thread(target=kill_a_worker_half_way, args=(client,))
        killer.start()
        failures = map_videos(extract, VIDEOS, scheduler=cluster.scheduler_address)
        killer.join()
    assert failures == {}
    for name in VIDEOS:
        extract(name, tmp_path / 'undisturbed')
    assert tree(tmp_path / 'cluster') == tree(tmp_path / 'undisturbed')


def test_no_cluster_is_one_sentence():
    pytest.importorskip('distributed')
    import dask

    quick = dask.config.set({'distributed.comm.timeouts.connect': '1s'})
    with quick, pytest.raises(ValueError, match='no Dask scheduler answers there'):
        map_videos(len, ['a'], scheduler='tcp://127.0.0.1:9')
