import json
import subprocess
import sys

import pytest


@pytest.fixture
def path(tmp_path):
    actions = [
        dict(id=f'{v}:{i}', video=f'v{v}', start=i, end=i + 1, label='ab'[i % 2], subject=v % 4)
        for v in range(8)
        for i in range(4)
    ]
    videos = {f'v{v}': dict(fps=25.0, num_frames=9, width=1, height=1) for v in range(8)}
    content = dict(classes=['a', 'b'], videos=videos, actions=actions, note='kept')
    path = tmp_path / 'actions.json'
    path.write_text(json.dumps(content | dict(splits=dict(extra=['0:0']))))
    return path


def run(repository, *args):
    command = [sys.executable, 'tools/data/make_splits.py', *map(str, args)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True)


def test_make_splits(repository, path):
    done = run(repository, path, '--group-by', 'subject', '--shots', 2, 50, '--trials', 2)
    assert done.returncode == 0, done.stderr
    assert 'fewer than 50 examples in train' in done.stdout
    first = json.loads(path.read_text())
    assert first['note'] == 'kept' and first['splits']['extra'] == ['0:0']
    assert first['actions'][1]['subject'] == 0
    subject = {row['id']: row['subject'] for row in first['actions']}
    groups = [{subject[i] for i in first['splits'][s]} for s in ('train', 'val', 'test')]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 4
    assert len(first['splits']['train_2_1']) == 4

    again = run(repository, path)
    assert again.returncode == 1
    assert again.stderr.startswith(f'error: {path}: has splits already (train, val, test, train_2')
    assert json.loads(path.read_text()) == first

    options = ['--few-shot-only', '--shots', 1, '--trials', 1, '--force']
    assert run(repository, path, *options).returncode == 0
    second = json.loads(path.read_text())
    assert set(second['splits']) == {'extra', 'train', 'val', 'test', 'train_1_0'}
    assert second['splits']['train'] == first['splits']['train']


def test_what_cannot_be_split(repository, path):
    done = run(repository, path, '--group-by', 'match')
    assert done.returncode == 1
    assert done.stderr == (
        'error: action 0:0 has no field match to group by (it has: video, subject)\n'
    )
