"""Retrieval by its commands, on a small data set."""

import csv
import runpy
import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.formats import (
    Action,
    Actions,
    Crop,
    PackedCropWriter,
    VideoMeta,
    write_actions,
    write_embeddings,
)


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    root = tmp_path_factory.mktemp('judo')
    rng = np.random.default_rng(0)
    kinds = rng.normal(size=(2, 30, 2, 4)).cumsum(1)
    videos, actions = [f'v{n}' for n in range(4)], []
    (root / 'emb').mkdir()
    crop = Crop(np.full((32, 32, 3), 90, np.uint8), None, None)
    with PackedCropWriter(root / 'crops') as writer:
        for number, video in enumerate(videos):
            rows = rng.normal(size=(80, 2, 4)) + 30
            rows[20:50] = kinds[number % 2] + 0.1 * rng.normal(size=(30, 2, 4))
            write_embeddings(root / 'emb' / f'{video}.emb.pkl', np.arange(80), rows)
            writer.write_video(video, [(frame, crop, None) for frame in range(80)])
            actions.append(Action(f'{video}:throw', video, 20, 50, 'ab'[number % 2]))
    actions += [Action('short', 'v0', 60, 61, 'a'), Action('gone', 'v4', 20, 50, 'a')]
    metas = dict.fromkeys([*videos, 'v4'], VideoMeta(25.0, 80, 320, 240))
    splits = dict(test=[action.id for action in actions])
    write_actions(root / 'actions.json', Actions(['a', 'b'], metas, actions, splits))
    return root


def run(repository, *arguments):
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True)


def read_rows(path):
    with open(path, newline='') as file:
        return list(csv.DictReader(file))


def test_labelled_actions(repository, data_root, tmp_path):
    example = ('--action', 'v1:throw', '--k', '3', '--out', tmp_path)
    done = run(repository, 'tools/retrieve.py', data_root, data_root / 'emb', *example)
    assert done.returncode == 0, done.stderr
    assert '1 of 6 actions have no embeddings' in done.stdout
    rows = read_rows(tmp_path / 'found.csv')
    assert [row['rank'] for row in rows] == ['1', '2', '3']
    assert (rows[0]['id'], rows[0]['label']) == ('v3:throw', 'b')
    assert {path.name for path in tmp_path.iterdir()} == {
        'alignment.png', 'found.csv', 'sheet.png',
    }  # fmt: skip


@pytest.fixture
def retrieve(repository, data_root, monkeypatch):
    """The command within this process, which starts faster."""

    def call(*arguments):
        command = ('retrieve.py', data_root, data_root / 'emb', *arguments)
        monkeypatch.setattr(sys, 'argv', [*map(str, command)])
        runpy.run_path(str(repository / 'tools/retrieve.py'), run_name='__main__')

    return call


def test_places(retrieve, data_root, tmp_path):
    example = ('--span', 'v0', '20', '50', '--places', data_root / 'emb', '--k', '2')
    retrieve(*example, '--out', tmp_path)
    best = read_rows(tmp_path / 'found.csv')[0]
    assert best['video'] == 'v2' and abs(int(best['start']) - 20) <= 2
    assert abs(int(best['end']) - 50) <= 2
    assert (tmp_path / 'sheet.png').is_file()


def test_nothing_is_as_long(retrieve, tmp_path, capsys):
    retrieve('--action', 'short', '--out', tmp_path)
    found = capsys.readouterr().out
    assert 'nothing found: no other action is 2/3 to 3/2 as long' in found


def test_errors_are_sentences(retrieve, tmp_path):
    with pytest.raises(SystemExit, match='no action has the id nothing'):
        retrieve('--action', 'nothing', '--out', tmp_path)


def test_library_map(repository, data_root, tmp_path):
    out = tmp_path / 'library.png'
    arguments = (data_root, data_root / 'emb', '--method', 'pca', '--out', out)
    done = run(repository, 'tools/analysis/plot_library.py', *arguments)
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 1000
