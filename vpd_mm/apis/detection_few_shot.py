"""Detection from few labelled videos: an ensemble of folds for each trial, tested once."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import astuple, dataclass
from multiprocessing import get_context, get_start_method
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from vpd_mm.datasets.detection_labels import video_folds
from vpd_mm.datasets.embedding_window_dataset import split_videos
from vpd_mm.datasets.sports import Sport
from vpd_mm.datasets.sports.label_files import read_lines
from vpd_mm.datasets.sports.ordering import shuffled
from vpd_mm.formats import FormatError, atomic_path, read_json, write_json
from vpd_mm.registry import DATASETS, METRICS, SPORTS

from .detection import load_localizer, score_sequences
from .few_shot import FULL, one_thread
from .few_shot_config import LOADERS, check_folder_names, embedding_files, fingerprint, name_of_run


@dataclass(frozen=True)
class DetectionTrial:
    """One ensemble.

    Attributes:
        embedding_dir: Folder of ``<video>.emb.pkl`` files; its name stands in the tables.
        shots: Labelled videos, or ``'full'`` for all that are no test videos.
        index: Number of the trial; it names the list of videos and moves the seed.
        folds: Models of the ensemble, at most.
        work_dir: Folder of all trials.
    """

    embedding_dir: str
    shots: int | str
    index: int
    folds: int
    work_dir: str

    @property
    def embedding(self) -> str:
        """Name of the embeddings."""
        return Path(self.embedding_dir).name

    @property
    def folder(self) -> Path:
        """Folder of this trial: ``fold_<i>.pth``, ``result.json``, ``scores.npz``."""
        return Path(self.work_dir) / self.embedding / f'{self.shots}_{self.index}'


def training_videos(sport: Sport, shots: int | str, index: int, prefix: str = '') -> list[str]:
    """Give the labelled videos of a trial, in the order that they are dealt out to the folds.

    They are the first lines of ``labels/train.localize.<index>.txt``, as published; a clip of
    tennis there stands for the videos of both players. A sport without this file has them drawn
    from the videos of the splits train and val.

    Args:
        sport (Sport): The sport.
        shots (int | str): How many, or ``'full'``.
        index (int): Number of the trial.
        prefix (str): Only videos whose names begin so. Defaults to all.

    Raises:
        FormatError: If a test video is listed, or there are fewer videos.
    """
    path = sport.label_path(f'train.localize.{index}.txt')
    if path.is_file():
        names = list(dict.fromkeys(read_lines(path, 'the list of videos')))
    else:
        path = sport.data_root
        pool = {video for split in ('train', 'val') for video in split_videos(sport, split)}
        names = shuffled(pool - set(sport.test_videos), 'localize', index)
    listed = [[v for v in sport.videos_named(name) if v.startswith(prefix)] for name in names]
    listed = [videos for videos in listed if videos]
    test = sorted({video for videos in listed for video in videos} & set(sport.test_videos))
    if test:
        raise FormatError(path, f'lists the test video {test[0]}; take it out')
    count = len(listed) if shots == FULL else shots
    if not 0 < count <= len(listed):
        raise FormatError(path, f'has {len(listed)} videos to train on, not {count}; ask for fewer')
    return [video for videos in listed[:count] for video in videos]


def make_detection_trials(
    embedding_dirs: list[str], shots: list[int | str], trials: int, folds: int, work_dir: str
) -> list[DetectionTrial]:
    """List the trials of all embeddings and numbers of videos.

    Raises:
        ValueError: If two embedding folders have the same name.
    """
    check_folder_names(embedding_dirs)
    return [
        DetectionTrial(str(folder), count, index, folds, str(work_dir))
        for folder in embedding_dirs
        for count in shots
        for index in range(trials)
    ]


def run_detection_trials(
    cfg: Config,
    trials: list[DetectionTrial],
    workers: int = 1,
    report: Callable[[str], None] = print,
) -> list[dict]:
    """Run the trials that have no result yet; every one has one thread, wherever it runs.

    A trial that was interrupted goes on with the fold that it was at.

    Args:
        cfg (Config): Config of the detector, such as ``configs/detection/bigru_fs.py``.
        trials (list[DetectionTrial]): What to run.
        workers (int): Processes. The results do not depend on their number. Defaults to 1.
        report (Callable): Takes one line for each trial. Defaults to ``print``.

    Returns:
        list[dict]: One result for each trial, in their order: ``metrics``, and what was run.

    Raises:
        FileNotFoundError, ValueError: If data of a trial is missing or does not fit.
    """
    results = {trial: _read_result(cfg, trial) for trial in trials}
    waiting = [trial for trial, result in results.items() if result is None]
    if len(waiting) < len(trials):
        report(f'{len(trials) - len(waiting)} of {len(trials)} trials are finished already.')
    for trial, result in _run_all(cfg, waiting, min(workers, len(waiting))):
        results[trial] = result
        metrics = result['metrics']
        report(
            f'{trial.embedding} {trial.shots} videos trial {trial.index}: AP@0.5 '
            f'{metrics["ap@0.5"]:.1f}, mean {metrics["map"]:.1f}, {len(result["folds"])} folds, '
            f'{result["seconds"]:.0f} s'
        )
    return [results[trial] for trial in trials]


def _run_all(cfg: Config, trials: list, workers: int) -> Iterator[tuple[DetectionTrial, dict]]:
    if workers <= 1:
        with one_thread():
            for trial in trials:
                yield trial, run_detection_trial(cfg, trial)
        return
    pool = ProcessPoolExecutor(workers, get_context('spawn'), torch.set_num_threads, (1,))
    try:
        futures = {pool.submit(run_detection_trial, cfg, trial): trial for trial in trials}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def run_detection_trial(cfg: Config, trial: DetectionTrial) -> dict:
    """Train the folds, average their scores of the test videos, and evaluate these.

    Writes ``fold_<i>.pth``, ``scores.npz`` (frame scores by video) and ``result.json``.

    Returns:
        dict: ``metrics`` of the test, ``folds`` (videos to ``train`` and ``val``), ``classes``,
        ``mean_length`` and what was run.
    """
    begin = time.time()
    identity = trial_fingerprint(cfg, trial)
    cfg = _trial_config(cfg, trial)
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        sport = SPORTS.build(cfg.train_dataloader.dataset.sport)
        prefix = cfg.train_dataloader.dataset.get('prefix', '')
        videos = training_videos(sport, trial.shots, trial.index, prefix)
        train = DATASETS.build(dict(cfg.train_dataloader.dataset, videos=videos))
        test = DATASETS.build(cfg.test_dataloader.dataset)
        metric = METRICS.build(dict(cfg.test_evaluator, mean_length=train.metainfo['mean_length']))
    cfg.model.backbone.in_channels = train.rows.size(-1)
    cfg.model.cls_head.num_classes = len(train.classes)
    folds = video_folds(train.videos, trial.folds)
    for number, (own, held_out) in enumerate(folds):
        _train_fold(cfg, trial, number, own, held_out, identity)
    checkpoints = [_fold_path(trial, number) for number in range(len(folds))]
    for path in set(trial.folder.glob('fold_*.pth')) - set(checkpoints):
        path.unlink()  # of an earlier run with more folds
    models = [load_localizer(cfg, path)[0] for path in checkpoints]
    samples = [test.whole_video(number) for number in range(len(test))]
    scores = score_sequences(models, {s['data_samples'].video: s['inputs'] for s in samples})
    metric.dataset_meta = test.metainfo
    metrics = metric.compute_metrics([(v, s, test.intervals[v]) for v, s in scores.items()])
    with atomic_path(trial.folder / 'scores.npz') as path, open(path, 'wb') as file:
        np.savez_compressed(file, **scores)
    result = dict(
        config=identity,
        embedding=trial.embedding,
        shots=trial.shots,
        trial=trial.index,
        classes=list(train.classes),
        mean_length=train.metainfo['mean_length'],
        folds=[dict(train=own, val=held_out) for own, held_out in folds],
        metrics=metrics,
        seconds=time.time() - begin,
    )
    write_json(trial.folder / 'result.json', result, indent=True)
    return result


def _train_fold(
    cfg: Config,
    trial: DetectionTrial,
    number: int,
    own: list[str],
    held_out: list[str],
    identity: str,
) -> None:
    """Train one fold, unless its checkpoint is there, made for the same trial."""
    cfg = deepcopy(cfg)
    folder = trial.folder / f'fold_{number}'
    cfg.train_dataloader.dataset.videos = own
    cfg.val_dataloader.dataset.videos = held_out
    cfg.randomness = dict(seed=cfg.randomness.seed + number)
    record = trial.folder / f'fold_{number}.json'
    done = record.is_file() and read_json(record).get('config') == identity
    if done and _fold_path(trial, number).is_file():
        return
    shutil.rmtree(folder, ignore_errors=True)
    cfg.work_dir, cfg.experiment_name = str(folder), name_of_run(folder)
    cfg.merge_from_dict({'env_cfg.mp_cfg.mp_start_method': get_start_method()})
    runner = Runner.from_cfg(cfg)
    runner.train()
    best = sorted(folder.glob('best_*.pth'))
    if not best:
        raise ValueError(
            'The schedule ended before a validation; lower train_cfg.val_begin and val_interval.'
        )
    best[-1].replace(_fold_path(trial, number))
    write_json(record, dict(config=identity, train=own, val=held_out, epochs=runner.epoch))
    shutil.rmtree(folder, ignore_errors=True)


def _fold_path(trial: DetectionTrial, number: int) -> Path:
    return trial.folder / f'fold_{number}.pth'


def _trial_config(cfg: Config, trial: DetectionTrial) -> Config:
    cfg = deepcopy(cfg)
    seed = cfg.get('randomness', {}).get('seed') or 0
    options = {f'{name}.dataset.embedding_dir': trial.embedding_dir for name in LOADERS}
    options |= {'randomness.seed': seed + 100 * trial.index, 'log_level': 'ERROR'}
    options['train_dataloader.dataset.seed'] = seed + 100 * trial.index
    cfg.merge_from_dict(options)
    cfg.visualizer = dict(type='Visualizer', vis_backends=[])  # the result file says it all
    cfg.detection_trial = dict(shots=trial.shots, index=trial.index, folds=trial.folds)
    return cfg


def trial_fingerprint(cfg: Config, trial: DetectionTrial) -> str:
    """Give what tells the trials of other settings, labels or embeddings."""
    cfg = _trial_config(cfg, trial)
    data = cfg.train_dataloader.dataset
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        sport = SPORTS.build(data.sport)
    labels = [astuple(action) for action in sport.actions('all')]
    videos = training_videos(sport, trial.shots, trial.index, data.get('prefix', ''))
    known = [embedding_files(trial.embedding_dir), sport.classes, labels, videos]
    return fingerprint(cfg, [*known, sorted(sport.test_videos)])


def _read_result(cfg: Config, trial: DetectionTrial) -> dict | None:
    path = trial.folder / 'result.json'
    if not path.is_file():
        return None
    result = read_json(path)
    return result if result.get('config') == trial_fingerprint(cfg, trial) else None
