import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config

from vpd_mm.apis.detection import ActionDetector, score_sequences
from vpd_mm.apis.detection_few_shot import (
    make_detection_trials,
    run_detection_trials,
    training_videos,
    trial_fingerprint,
)
from vpd_mm.apis.detection_files import webvtt
from vpd_mm.apis.detection_report import write_detection_report
from vpd_mm.apis.few_shot_config import set_data_root
from vpd_mm.datasets.sports import CustomSport, TennisSwings
from vpd_mm.formats import (
    Action,
    Actions,
    FormatError,
    VideoMeta,
    probe_video,
    write_actions,
    write_embeddings,
    write_video,
)
from vpd_mm.formats.elan import read_elan

CLASSES = ['axel', 'lutz']
LENGTH = 80


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    """Six videos; an action of class c adds a constant direction to the noise of its frames."""
    root = tmp_path_factory.mktemp('sport')
    rng = np.random.default_rng(0)
    kinds = 3 * rng.normal(size=(2, 2, 6))
    actions, splits = [], dict(train=[], val=[], test=[])
    names = [f'v{number}' for number in range(6)]
    for number, video in enumerate(names):
        rows = rng.normal(size=(LENGTH, 2, 6)) * 0.5
        for label, start in enumerate((8 + number, 45 + number)):
            rows[start : start + 15] += kinds[label]
            action = Action(f'{video}:{start}', video, start, start + 15, CLASSES[label])
            actions.append(action)
            splits['test' if number > 3 else 'val' if number > 2 else 'train'].append(action.id)
        path = root / 'embeddings' / 'one' / f'{video}.emb.pkl'
        write_embeddings(path, np.arange(LENGTH), rows)
    videos = {video: VideoMeta(20.0, LENGTH, 64, 48) for video in names}
    write_actions(root / 'actions.json', Actions(CLASSES, videos, actions, splits))
    image = np.zeros((LENGTH, 48, 64, 3), np.uint8)
    image += (3 * np.arange(LENGTH, dtype=np.uint8))[:, None, None, None]
    write_video(root / 'videos' / 'v5.mp4', image, 20)
    return root


@pytest.fixture(scope='module')
def config(repository, data_root):
    cfg = Config.fromfile(repository / 'configs' / 'detection' / 'bigru_custom.py')
    set_data_root(cfg, str(data_root))
    cfg.train_cfg.update(max_epochs=4, val_begin=1, val_interval=1)
    cfg.train_dataloader.batch_size = 10
    cfg.train_dataloader.dataset.update(window=40, windows_per_epoch=150)
    cfg.optim_wrapper.optimizer.lr = 1e-2
    cfg.model.backbone.hidden_channels = 8
    cfg.model.cls_head.in_channels = 16
    path = data_root / 'config.py'
    cfg.dump(path)
    return path


@pytest.fixture(scope='module')
def trained(config, data_root, tmp_path_factory):
    work_dir = tmp_path_factory.mktemp('work')
    folder = str(data_root / 'embeddings' / 'one')
    trials = make_detection_trials([folder], [1, 'full'], 1, 2, str(work_dir))
    cfg, lines = Config.fromfile(config), []
    return cfg, trials, run_detection_trials(cfg, trials, report=lines.append), work_dir, lines


def test_trials(trained):
    cfg, trials, results, work_dir, lines = trained
    assert len(lines) == 2
    assert [len(result['folds']) for result in results] == [1, 2]
    assert results[1]['metrics']['ap@0.5'] > 80
    assert results[1]['mean_length'] == [15, 15]
    fold = results[1]['folds'][0]
    assert sorted(fold['train'] + fold['val']) == ['v0', 'v1', 'v2', 'v3']
    files = sorted(path.name for path in trials[1].folder.iterdir())
    assert files == [
        'fold_0.json',
        'fold_0.pth',
        'fold_1.json',
        'fold_1.pth',
        'result.json',
        'scores.npz',
    ]
    table = write_detection_report(cfg, trials, results, work_dir)
    assert table.splitlines()[1].split()[:3] == ['embedding', 'videos', 'ap@0.1']
    assert [line.split()[:2] for line in table.splitlines()[2:4]] == [['one', '1'], ['one', 'full']]
    with open(work_dir / 'detection.csv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert {row['metric'] for row in rows} >= {'ap@0.5', 'map', 'accuracy'}
    for name in ('precision_recall.png', 'timelines/v4.png', 'timelines/v5.png'):
        assert (work_dir / 'one' / name).stat().st_size > 0


def test_trials_resume(trained):
    cfg, trials, results, _, _ = trained
    lines = []
    assert run_detection_trials(cfg, trials, report=lines.append) == results
    assert lines == ['2 of 2 trials are finished already.']
    result = trials[1].folder / 'result.json'
    (trials[1].folder / 'fold_1.pth').unlink()
    kept = (trials[1].folder / 'fold_0.pth').stat().st_mtime_ns
    result.unlink()
    again = run_detection_trials(cfg, trials, report=lines.append)
    assert [r['metrics'] for r in again] == [r['metrics'] for r in results]
    assert (trials[1].folder / 'fold_0.pth').stat().st_mtime_ns == kept


def test_new_embeddings_and_labels_are_new_trials(trained, data_root):
    cfg, trials = trained[:2]
    known = trial_fingerprint(cfg, trials[0])
    assert trial_fingerprint(cfg, trials[0]) == known
    assert trial_fingerprint(cfg, trials[1]) != known
    path = data_root / 'embeddings' / 'one' / 'v0.emb.pkl'
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    os.utime(path, ns=(times[0], times[1] + 1))
    assert trial_fingerprint(cfg, trials[0]) != known
    os.utime(path, ns=times)
    path, text = data_root / 'actions.json', (data_root / 'actions.json').read_text()
    path.write_text(text.replace('23', '24', 1))
    assert trial_fingerprint(cfg, trials[0]) != known
    path.write_text(text)
    assert trial_fingerprint(cfg, trials[0]) == known


def test_the_ensemble_is_the_mean_of_its_folds(trained, config, data_root):
    folder = trained[1][1].folder
    path = data_root / 'embeddings' / 'one' / 'v5.emb.pkl'
    found = ActionDetector(config, folder)(path, 20)
    folds = [ActionDetector(config, folder / f'fold_{i}.pth')(path, 20).scores for i in (0, 1)]
    assert found.scores == pytest.approx(np.mean(folds, axis=0), abs=1e-6)
    with np.load(folder / 'scores.npz') as scores:
        assert found.scores == pytest.approx(scores['v5'], abs=1e-5)
    assert found.classes == tuple(CLASSES)
    best = {
        row['label']: (row['start'], row['end'])
        for row in sorted(found.to_list(), key=lambda row: row['score'])
    }
    assert best['axel'] == pytest.approx((13, 28), abs=4)
    assert best['lutz'] == pytest.approx((50, 65), abs=4)
    assert score_sequences([], {}) == {}


def test_lengths_are_clamped_as_in_the_evaluation(trained, config, data_root):
    cfg = Config.fromfile(config)
    cfg.test_evaluator.clamp = True
    path = data_root / 'embeddings' / 'one' / 'v5.emb.pkl'
    rows = ActionDetector(cfg, trained[1][1].folder)(path, 20).rows
    length = (rows[:, 1] - rows[:, 0])[rows[:, 0] > 0]
    assert len(length)
    assert ((length >= 9) & (length <= 21)).all()  # about 15


def test_few_videos(data_root, tmp_path):
    sport = CustomSport(data_root)
    videos = training_videos(sport, 'full', 0)
    assert sorted(videos) == ['v0', 'v1', 'v2', 'v3']
    assert training_videos(sport, 2, 0) == videos[:2]
    with pytest.raises(FormatError, match='has 4 videos to train on, not 5'):
        training_videos(sport, 5, 0)
    sport.label_path = lambda name: tmp_path / name
    (tmp_path / 'train.localize.1.txt').write_text('v2\nv0\nv2\n')
    assert training_videos(sport, 'full', 1) == ['v2', 'v0']
    (tmp_path / 'train.localize.1.txt').write_text('v2\nv5\n')
    with pytest.raises(FormatError, match='test video v5'):
        training_videos(sport, 1, 1)


def test_a_listed_clip_has_both_players(data_root, tmp_path):
    sport = TennisSwings(data_root)
    sport.known_videos = {'front__final_0_90', 'back__final_0_90', 'front__final_100_190'}
    sport.label_path = lambda name: tmp_path / name
    (tmp_path / 'train.localize.0.txt').write_text('final_0_90\nback__final_100_190\n')
    clip = ['front__final_0_90', 'back__final_0_90']
    assert training_videos(sport, 1, 0) == clip
    assert training_videos(sport, 2, 0) == [*clip, 'back__final_100_190']
    assert training_videos(sport, 'full', 0, prefix='front__') == clip[:1]


def run_detect(repository, *arguments):
    command = [sys.executable, 'tools/detect.py', *map(str, arguments)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_detect_writes_files_and_clips(repository, trained, config, data_root, tmp_path):
    pytest.importorskip('av')
    run = run_detect(
        repository,
        config,
        trained[1][1].folder,
        data_root / 'videos' / 'v5.mp4',
        *('--embeddings', data_root / 'embeddings' / 'one', '--out', tmp_path),
        *('--clips', tmp_path / 'clips', '--overlay', '--min-score', 0.4),
    )
    assert run.returncode == 0, run.stderr
    rows = json.loads((tmp_path / 'detections.json').read_text())
    assert {row['label'] for row in rows} == set(CLASSES)
    assert rows[0]['start_seconds'] == rows[0]['start'] / 20
    with open(tmp_path / 'detections.csv', encoding='utf-8') as file:
        assert len(list(csv.DictReader(file))) == len(rows)
    assert (tmp_path / 'v5.vtt').read_text() == webvtt(rows)
    assert (tmp_path / 'v5.png').stat().st_size > 0
    spans = [(s.video, s.start, s.end, s.label) for s in read_elan(tmp_path / 'v5.eaf')]
    expected = [('v5', r['start_seconds'], r['end_seconds'], r['label']) for r in rows]
    assert sorted(spans) == sorted(expected)
    overlay = probe_video(tmp_path / 'v5.mp4')
    assert (overlay.num_frames, overlay.height) == (LENGTH, 480)
    clips = sorted(path.name for path in (tmp_path / 'clips').iterdir())
    row = rows[0]
    name = f'v5_{row["start"]:08d}_{row["end"]:08d}_{row["label"]}.mp4'
    assert name in clips
    assert probe_video(tmp_path / 'clips' / name).num_frames == row['end'] - row['start']


def test_detect_goes_on_past_bad_inputs(repository, trained, config, data_root, tmp_path):
    wrong = tmp_path / 'wrong.emb.pkl'
    write_embeddings(wrong, np.arange(5), np.zeros((5, 3)))
    unknown = tmp_path / 'unknown.emb.pkl'
    write_embeddings(unknown, np.arange(5), np.zeros((5, 6)))
    good = data_root / 'embeddings' / 'one' / 'v4.emb.pkl'
    out = tmp_path / 'out'
    run = run_detect(repository, config, trained[1][1].folder, wrong, unknown, good, '--out', out)
    assert run.returncode != 0
    assert 'unknown: ' in run.stderr
    assert 'give --fps' in run.stderr
    assert 'Traceback' not in run.stderr
    assert (out / 'v4.vtt').is_file()


def test_wrong_checkpoints(config, tmp_path, data_root):
    with pytest.raises(FileNotFoundError, match='no checkpoint'):
        ActionDetector(config, tmp_path)
    torch.save(dict(state_dict={}), tmp_path / 'fold_0.pth')
    with pytest.raises(ValueError, match='do not fit'):
        ActionDetector(config, tmp_path)


def test_subtitles():
    row = dict(start_seconds=3661.5, end_seconds=3662, label='a <b> & c', score=0.5)
    assert webvtt([row]).splitlines() == [
        'WEBVTT',
        '',
        '01:01:01.500 --> 01:01:02.000',
        'a &lt;b&gt; &amp; c (0.50)',
    ]
