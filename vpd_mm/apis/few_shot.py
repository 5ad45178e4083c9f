"""Few-shot trials: train on few examples, choose on the validation split, test once."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from multiprocessing import get_context, get_start_method
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner

from vpd_mm.formats import read_json, write_json
from vpd_mm.registry import DATASETS

LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
FULL = 'full'


@dataclass(frozen=True)
class Trial:
    """One training.

    Attributes:
        embedding_dir: Folder of ``<video>.emb.pkl`` files; its name stands in the tables.
        shots: Examples of a class, or ``'full'`` for the whole training split.
        index: Number of the trial; it names the split and moves the seed.
        work_dir: Folder of all trials.
    """

    embedding_dir: str
    shots: int | str
    index: int
    work_dir: str

    @property
    def embedding(self) -> str:
        """Name of the embeddings."""
        return Path(self.embedding_dir).name

    @property
    def split(self) -> str:
        """Name of the training split."""
        return 'train' if self.shots == FULL else f'train_{self.shots}_{self.index}'

    @property
    def folder(self) -> Path:
        """Folder of this trial."""
        return Path(self.work_dir) / self.embedding / f'{self.shots}_{self.index}'

    @property
    def name(self) -> str:
        """How messages name the trial."""
        return f'{self.embedding} {self.shots}-shot trial {self.index}'


def make_trials(
    embedding_dirs: list[str], shots: list[int | str], trials: int, work_dir: str
) -> list[Trial]:
    """List the trials of all embeddings and numbers of examples.

    Raises:
        ValueError: If two embedding folders have the same name.
    """
    names = [Path(folder).name for folder in embedding_dirs]
    if len(set(names)) < len(names):
        raise ValueError(f'{", ".join(embedding_dirs)}: folder names repeat; make them differ.')
    return [
        Trial(str(folder), k, index, str(work_dir))
        for folder in embedding_dirs
        for k in shots
        for index in range(trials)
    ]


def run_trials(
    cfg: Config, trials: list[Trial], workers: int = 1, report: Callable[[str], None] = print
) -> list[dict]:
    """Run the trials that have no result yet; every one has one thread, wherever it runs.

    Args:
        cfg (Config): Config of the recogniser, such as ``configs/recognition/bigru_fs.py``.
        trials (list[Trial]): What to run.
        workers (int): Processes. The results do not depend on their number. Defaults to 1.
        report (Callable): Takes one line for each trial. Defaults to ``print``.

    Returns:
        list[dict]: One result for each trial, in their order.

    Raises:
        FileNotFoundError, ValueError: If data of a trial is missing or does not fit.
    """
    results = {trial: read_result(cfg, trial) for trial in trials}
    waiting = [trial for trial, result in results.items() if result is None]
    if len(waiting) < len(trials):
        report(f'{len(trials) - len(waiting)} of {len(trials)} trials are finished already.')
    for trial, result in _run_all(cfg, waiting, workers):
        results[trial] = result
        report(f'{trial.name}: {_describe(result)}')
    return [results[trial] for trial in trials]


def _run_all(cfg: Config, trials: list[Trial], workers: int) -> Iterator[tuple[Trial, dict]]:
    workers = min(workers, len(trials))
    if workers <= 1:
        with one_thread():
            for trial in trials:
                yield trial, run_trial(cfg, trial)
        return
    pool = ProcessPoolExecutor(workers, get_context('spawn'), torch.set_num_threads, (1,))
    try:
        futures = {pool.submit(run_trial, cfg, trial): trial for trial in trials}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread, as results depend on the number of threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _describe(result: dict) -> str:
    text = f'test {result["test_accuracy"]:.1%}, validation {result["val_accuracy"]:.1%}'
    text += f', {result["epochs"]} epochs, {result["seconds"]:.0f} s'
    return text + ''.join(f'; {note}' for note in result['notes'])


def trial_config(cfg: Config, trial: Trial) -> Config:
    """Give the config of one trial: embeddings, split, seed and folder set, logging only errors."""
    cfg = deepcopy(cfg)
    seed = cfg.get('randomness', {}).get('seed') or 0
    options = {f'{name}.dataset.embedding_dir': trial.embedding_dir for name in LOADERS}
    options |= {
        'train_dataloader.dataset.split': trial.split,
        'randomness.seed': seed + trial.index,
        'work_dir': str(trial.folder),
        'experiment_name': str(trial.folder).replace('/', '_'),
        'log_level': 'ERROR',
    }
    cfg.merge_from_dict(options)
    cfg.visualizer = dict(type='Visualizer', vis_backends=[])  # the result file says it all
    return cfg


def set_data_root(cfg: Config, data_root: str) -> None:
    """Set the folder of the sport in all dataloaders of a config."""
    cfg.merge_from_dict({f'{name}.dataset.sport.data_root': data_root for name in LOADERS})


def read_result(cfg: Config, trial: Trial) -> dict | None:
    """Give the result of a finished trial, or None if it has none under this config."""
    path = trial.folder / 'result.json'
    if not path.is_file():
        return None
    result = read_json(path)
    return result if result.get('config') == fingerprint(trial_config(cfg, trial)) else None


def fingerprint(cfg: Config) -> str:
    """Give a short text that changes with the settings of a config, not with its folder."""
    places = ('work_dir', 'experiment_name')
    settings = {key: value for key, value in cfg.to_dict().items() if key not in places}
    text = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _PredictionHook(Hook):
    """Keeps the predictions of a test."""

    def __init__(self) -> None:
        self.predictions: list[dict] = []

    def after_test_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        self.predictions += [
            dict(
                action=sample.action,
                true=int(sample.gt_label),
                predicted=int(sample.pred_label),
                score=float(sample.pred_score.max()),
            )
            for sample in outputs
        ]


def run_trial(cfg: Config, trial: Trial) -> dict:
    """Train, choose the epoch by validation accuracy, test it, and write ``result.json``.

    Args:
        cfg (Config): Config of the recogniser.
        trial (Trial): What to run.

    Returns:
        dict: ``test_accuracy``, ``val_accuracy``, ``predictions`` and what was run.

    Raises:
        FileNotFoundError, ValueError: If data is missing, or the schedule never validates.
    """
    begin = time.time()
    cfg = trial_config(cfg, trial)
    identity = fingerprint(cfg)
    dataset = DATASETS.build(cfg.train_dataloader.dataset)
    classes = list(dataset.metainfo['classes'])
    cfg.model.backbone.in_channels = dataset[0]['inputs'].shape[-1]
    cfg.model.cls_head.num_classes = len(classes)
    cfg.merge_from_dict({'env_cfg.mp_cfg.mp_start_method': get_start_method()})

    runner = Runner.from_cfg(cfg)
    predictions = _PredictionHook()
    runner.register_hook(predictions)
    runner.train()
    epochs = runner.epoch
    runner.load_checkpoint(_best_checkpoint(runner), map_location='cpu')
    val_accuracy = float(runner.message_hub.get_info('best_score'))
    metrics = runner.test()
    result = dict(
        config=identity,
        embedding=trial.embedding,
        shots=trial.shots,
        trial=trial.index,
        classes=classes,
        notes=_notes(runner, trial),
        epochs=epochs,
        val_accuracy=val_accuracy,
        test_accuracy=float(metrics['acc/top1']),
        predictions=predictions.predictions,
        seconds=time.time() - begin,
    )
    write_json(trial.folder / 'result.json', result, indent=True)
    return result


def _best_checkpoint(runner: Runner) -> str:
    for hook in runner.hooks:
        if isinstance(hook, CheckpointHook) and hook.best_ckpt_path:
            return str(hook.best_ckpt_path)
    raise ValueError(
        'The schedule ended before a validation; lower train_cfg.val_begin and val_interval.'
    )


def _notes(runner: Runner, trial: Trial) -> list[str]:
    """Say what the data of a trial lacks: examples of a class, embeddings of actions."""
    train = runner.train_dataloader.dataset
    notes = []
    fewer = _classes_with_fewer(train, trial.shots) if trial.shots != FULL else []
    if fewer:
        notes.append(f'fewer than {trial.shots} examples of {", ".join(fewer)}')
    for dataset in (train, runner.val_dataloader.dataset, runner.test_dataloader.dataset):
        if dataset.num_missing:
            notes.append(f'{dataset.num_missing} actions of {dataset.split} lack embeddings')
    return notes


def _classes_with_fewer(dataset, shots: int) -> list[str]:
    found = {info['action']: info['label'] for info in dataset.data_list}
    count = Counter(found.values())
    classes = dataset.metainfo['classes']
    return [f'{name} ({count[i]})' for i, name in enumerate(classes) if count[i] < shots]
