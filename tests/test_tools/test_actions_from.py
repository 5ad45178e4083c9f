"""Annotations of three kinds become actions.json; what is wrong is listed."""

import subprocess
import sys

from vpd_mm.formats import VideoMeta, read_actions, write_json


def run(repository, script, *args):
    command = [sys.executable, f'tools/convert/actions_from_{script}.py', *map(str, args)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True)


def test_spotting(repository, tmp_path):
    event = dict(frame=50, label='serve', comment='')
    late = dict(frame=500, label='volley')
    for split, name in (('train', 'v'), ('test', 'w')):
        entry = dict(video=name, fps=25.0, num_frames=100, width=4, height=3)
        write_json(tmp_path / f'{split}.json', [entry | dict(events=[event, late])])
    (tmp_path / 'broken.json').write_text('[')
    out = tmp_path / 'actions.json'
    lists = [tmp_path / f'{name}.json' for name in ('train', 'test', 'broken', 'missing')]
    done = run(repository, 'spotting', *lists, out, '--radius', 0.2)
    assert done.returncode == 1
    assert done.stdout == f'{out}: 2 actions of 1 classes in 2 videos; splits: train 1, test 1.\n'
    lines = done.stderr.splitlines()
    assert 'broken.json: is not valid JSON' in lines[0]
    assert 'missing.json: No such file or directory' in lines[1]
    assert lines[2] == (
        f'error: {tmp_path}/train.json: video v, volley at frame 500: '
        'frame 500 is not in the 100 frames of the video'
    )
    assert lines[-1] == '4 could not be converted.'
    actions = read_actions(out)
    assert actions.videos['v'] == VideoMeta(25.0, 100, 4, 3)
    assert actions.splits == {'train': ['v:45:56'], 'test': ['w:45:56']}
    again = run(repository, 'spotting', tmp_path / 'train.json', out)
    assert again.stderr == (
        f'error: {out}: is there already; replace it with --force, or name another.\n'
    )


def test_csv(repository, tmp_path):
    write_json(tmp_path / 'meta.json', {'v': dict(fps=25.0, num_frames=100, width=4, height=3)})
    table = tmp_path / 'labels.csv'
    table.write_text('video,start,end,label,subject\nv.mp4,1,2,throw,anna\n')
    out = tmp_path / 'actions.json'
    done = run(repository, 'csv', table, out, '--metadata', tmp_path / 'meta.json')
    assert done.returncode == 0, done.stderr
    assert 'splits: none, make them with tools/data/make_splits.py' in done.stdout
    assert read_actions(out).actions[0].fields == {'subject': 'anna'}


def test_elan(repository, tmp_path):
    done = run(repository, 'elan', tmp_path / 'no.eaf', tmp_path / 'out.json', '--videos', tmp_path)
    assert done.returncode == 1
    assert 'no.eaf: No such file or directory' in done.stderr
    assert not (tmp_path / 'out.json').exists()
