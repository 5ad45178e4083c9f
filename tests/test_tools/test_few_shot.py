import csv
import shutil
import subprocess
import sys

import numpy as np
import pytest
from mmengine.config import Config

from vpd_mm.apis.few_shot import make_trials, run_trials
from vpd_mm.apis.few_shot_config import set_data_root
from vpd_mm.apis.few_shot_report import format_table, summarize, write_report
from vpd_mm.formats import (
    Action,
    Actions,
    VideoMeta,
    read_actions,
    read_embeddings,
    write_actions,
    write_embeddings,
)

CLASSES = ['axel', 'lutz', 'flip']
LENGTH = 12


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    root = tmp_path_factory.mktemp('sport')
    generator = np.random.default_rng(0)
    kinds = generator.normal(size=(3, 1, 2, 5))
    actions, videos = [], {}
    splits = {'train': [], 'val': [], 'test': [], 'train_2_0': [], 'train_2_1': []}
    for split, number in (('train', 4), ('val', 2), ('test', 3)):
        meta = VideoMeta(25.0, 3 * number * LENGTH, 8, 8)
        videos[split] = meta
        rows = generator.normal(size=(meta.num_frames, 2, 5)) * 0.3
        for i in range(3 * number):
            start, label = i * LENGTH, i % 3
            rows[start : start + LENGTH] += kinds[label]
            name = f'{split}:{start}'
            actions.append(Action(name, split, start, start + LENGTH, CLASSES[label]))
            splits[split].append(name)
            if split == 'train':
                splits[f'train_2_{i // 6}'].append(name)
        for embedding in ('one', 'two'):
            write_embeddings(
                root / 'embeddings' / embedding / f'{split}.emb.pkl',
                np.arange(meta.num_frames),
                rows if embedding == 'one' else rows[:, 0, :4],
            )
    splits['train_2_1'].pop()
    write_actions(root / 'actions.json', Actions(CLASSES, videos, actions, splits))
    return root


@pytest.fixture
def cfg(repository, data_root):
    cfg = Config.fromfile(repository / 'configs' / 'recognition' / 'bigru_custom.py')
    set_data_root(cfg, str(data_root))
    cfg.train_cfg.update(max_epochs=8, val_begin=2, val_interval=2)
    cfg.model.backbone.hidden_channels = 8
    cfg.model.cls_head.in_channels = 16
    return cfg


def trials_of(data_root, work_dir, shots=(2,), names=('one',), trials=2):
    folders = [str(data_root / 'embeddings' / name) for name in names]
    return make_trials(folders, list(shots), trials, str(work_dir))


def nearest_neighbour_config(repository, data_root):
    cfg = Config.fromfile(repository / 'configs' / 'recognition' / 'dtw_custom.py')
    set_data_root(cfg, str(data_root))
    return cfg


def without_time(results):
    return [{k: v for k, v in result.items() if k != 'seconds'} for result in results]


def test_trials_report_and_resume(cfg, data_root, tmp_path):
    trials = trials_of(data_root, tmp_path, (2, 'full'), ('one', 'two'), 1)
    results = run_trials(cfg, trials)
    assert [(r['embedding'], r['shots']) for r in results] == [
        ('one', 2),
        ('one', 'full'),
        ('two', 2),
        ('two', 'full'),
    ]
    table = write_report(results, tmp_path)
    assert table.splitlines()[1].split() == ['shots', 'one', 'two']
    for name in ('few_shot.txt', 'few_shot.png', 'one/confusion.png', 'two/confusion.png'):
        assert (tmp_path / name).stat().st_size > 0
    with open(tmp_path / 'one' / 'predictions.csv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    right = np.mean([row['true'] == row['predicted'] for row in rows])
    assert right == pytest.approx(results[1]['test_accuracy'])
    assert sorted({row['action'] for row in rows}) == sorted(f'test:{i * 12}' for i in range(9))

    lines = []
    assert run_trials(cfg, trials, report=lines.append) == results
    assert lines == ['4 of 4 trials are finished already.']
    (trials[0].folder / 'result.json').unlink()
    again = run_trials(cfg, trials, report=lines.append)
    assert without_time(again) == without_time(results)
    assert lines[1] == '3 of 4 trials are finished already.'


def test_any_number_of_workers(cfg, data_root, tmp_path):
    lines = []
    single = run_trials(cfg, trials_of(data_root, tmp_path / 'one'), 1, lines.append)
    double = run_trials(cfg, trials_of(data_root, tmp_path / 'two'), 2, lines.append)
    assert without_time(single) == without_time(double)
    assert single[0]['notes'] == []
    assert single[1]['notes'] == ['fewer than 2 examples of flip (1)']
    assert 'fewer than 2 examples' in lines[1]


def test_beside_nearest_neighbours(cfg, repository, data_root, tmp_path):
    folders = [str(data_root / 'embeddings' / 'one')]
    dtw = nearest_neighbour_config(repository, data_root)
    results = []
    for name, config in (('bigru', cfg), ('dtw', dtw)):
        trials = make_trials(folders, [2, 'full'], 2, str(tmp_path), name)
        results += run_trials(config, trials)
    table = write_report(results, tmp_path).splitlines()
    assert table[1].split() == ['shots', 'bigru', 'one', 'dtw', 'one']
    few, full = results[4:6], results[6:]
    assert [r['val_accuracy'] for r in few] == [None, None]
    assert few[1]['notes'] == ['fewer than 2 examples of flip (1)']
    assert {r['test_accuracy'] for r in full} == {1.0}
    names = [[row['action'] for row in r['predictions']] for r in results]
    assert all(own == names[0] for own in names)
    for name in ('bigru', 'dtw'):
        assert (tmp_path / name / 'one' / 'predictions.csv').is_file()
        assert (tmp_path / name / 'one' / '2_0' / 'result.json').is_file()


def test_new_embeddings_are_run_anew(repository, data_root, tmp_path):
    root = tmp_path / 'sport'
    shutil.copytree(data_root, root)
    cfg = nearest_neighbour_config(repository, root)
    trials = trials_of(root, tmp_path / 'work')
    lines = []
    before = run_trials(cfg, trials, report=lines.append)
    assert run_trials(cfg, trials, report=lines.append) == before
    assert lines[-1] == '2 of 2 trials are finished already.'
    path = root / 'embeddings' / 'one' / 'test.emb.pkl'
    stored = read_embeddings(path)
    write_embeddings(path, stored.frame, -stored.embedding)
    after = run_trials(cfg, trials, report=lines.append)
    assert 'finished already' not in lines[-2]
    assert after[0]['config'] != before[0]['config']
    assert after[0]['predictions'] != before[0]['predictions']


def test_new_labels_are_run_anew(repository, data_root, tmp_path):
    root = tmp_path / 'sport'
    shutil.copytree(data_root, root)
    cfg = nearest_neighbour_config(repository, root)
    trials = trials_of(root, tmp_path / 'work')
    before = run_trials(cfg, trials)
    content = read_actions(root / 'actions.json')
    content.splits['train_2_0'].pop()
    content.splits['train_9_0'] = content.splits['train']
    write_actions(root / 'actions.json', content)
    lines = []
    after = run_trials(cfg, trials, report=lines.append)
    assert lines[0] == '1 of 2 trials are finished already.'
    assert after[0]['config'] != before[0]['config']
    assert after[1] == before[1]


def test_missing_test_data_are_told_before_training(cfg, data_root, tmp_path):
    root = tmp_path / 'sport'
    shutil.copytree(data_root, root)
    set_data_root(cfg, str(root))
    (root / 'embeddings' / 'one' / 'test.emb.pkl').unlink()
    trials = trials_of(root, tmp_path / 'work', trials=1)
    with pytest.raises(FileNotFoundError, match='of split test has embeddings'):
        run_trials(cfg, trials)
    assert not list(trials[0].folder.glob('best_*.pth'))


def test_wrong_inputs(cfg, data_root, tmp_path):
    with pytest.raises(ValueError, match='folder names repeat'):
        make_trials(['a/vipe', 'b/vipe'], [4], 1, 'w')
    with pytest.raises(ValueError, match='no split train_16_0'):
        run_trials(cfg, trials_of(data_root, tmp_path, (16,)))
    cfg.train_cfg.val_begin = 100
    with pytest.raises(ValueError, match='val_begin'):
        run_trials(cfg, trials_of(data_root, tmp_path, trials=1))


def test_table():
    accuracies = [(4, 0.5), ('full', 1.0), (4, 0.7)]
    results = [
        dict(embedding='e', shots=k, test_accuracy=a, test_class_accuracy=a / 2)
        for k, a in accuracies
    ]
    rows = summarize(results)
    assert [(r['shots'], r['trials'], r['mean'], r['std']) for r in rows] == [
        (4, 2, pytest.approx(60), pytest.approx(10)),
        ('full', 1, 100, 0),
    ]
    assert [(r['class_mean'], r['class_std']) for r in rows] == [(30, pytest.approx(5)), (50, 0)]
    lines = format_table(rows).splitlines()
    assert lines[2:4] == ['    4  60.0 ± 10.0', ' full  100.0 ± 0.0']
    assert lines[5].startswith('Mean class accuracy %')
    assert lines[-2:] == ['    4  30.0 ± 5.0', ' full  50.0 ± 0.0']


def test_command_names_missing_data(repository, tmp_path):
    command = [sys.executable, 'tools/few_shot.py', 'configs/recognition/bigru_fs.py']
    command += ['--data-root', str(tmp_path), '--work-dir', str(tmp_path / 'work')]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert run.stderr.strip().splitlines()[-1].startswith(f'error: {tmp_path}/labels/')
    assert 'Traceback' not in run.stderr
