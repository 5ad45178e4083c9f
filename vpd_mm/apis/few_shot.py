"""Few-shot trials: train on few examples, choose on the validation split, test once."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, get_start_method
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import Runner

from vpd_mm.formats import read_json, write_json
from vpd_mm.registry import DATASETS

from .few_shot_config import (
    check_folder_names,
    is_trained,
    training_data,
    trial_config,
    trial_fingerprints,
)

FULL = 'full'


@dataclass(frozen=True)
class Trial:
    """One training.

    Attributes:
        embedding_dir: Folder of ``<video>.emb.pkl`` files; its name stands in the tables.
        shots: Examples of a class, or ``'full'`` for the whole training split.
        index: Number of the trial; it names the split and moves the seed.
        work_dir: Folder of all trials.
        recognizer: Name of the recogniser, if several are compared.
    """

    embedding_dir: str
    shots: int | str
    index: int
    work_dir: str
    recognizer: str = ''

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
        name = f'{self.shots}_{self.index}'
        return Path(self.work_dir) / self.recognizer / self.embedding / name

    @property
    def name(self) -> str:
        """How messages name the trial."""
        name = f'{self.recognizer} {self.embedding}'.strip()
        return f'{name} {self.shots}-shot trial {self.index}'


def make_trials(
    embedding_dirs: list[str],
    shots: list[int | str],
    trials: int,
    work_dir: str,
    recognizer: str = '',
) -> list[Trial]:
    """List the trials of all embeddings and numbers of examples.

    Raises:
        ValueError: If two embedding folders have the same name.
    """
    check_folder_names(embedding_dirs)
    return [
        Trial(str(folder), k, index, str(work_dir), recognizer)
        for folder in embedding_dirs
        for k in shots
        for index in range(trials)
    ]


def run_trials(
    cfg: Config, trials: list[Trial], workers: int = 1, report: Callable[[str], None] = print
) -> list[dict]:
    """Run the trials that have no result yet; every one has one thread, wherever it runs.

    A result holds as long as neither the config, nor its labels, nor the embeddings change. With
    several processes, GPUs are taken in turn.

    Args:
        cfg (Config): Config of the recogniser, such as ``configs/recognition/bigru_fs.py``, or
            of one that needs no training, such as ``configs/recognition/dtw_fs.py``.
        trials (list[Trial]): What to run.
        workers (int): Processes. The results do not depend on their number. Defaults to 1.
        report (Callable): Takes one line for each trial. Defaults to ``print``.

    Returns:
        list[dict]: One result for each trial, in their order.

    Raises:
        FileNotFoundError, ValueError: If data of a trial is missing or does not fit.
    """
    identity = trial_fingerprints(cfg, trials)
    results = {trial: read_result(trial, identity[trial]) for trial in trials}
    waiting = [(cfg, trial, identity[trial]) for trial in trials if results[trial] is None]
    if len(waiting) < len(trials):
        report(f'{len(trials) - len(waiting)} of {len(trials)} trials are finished already.')
    for trial, result in _run_all(waiting, min(workers, len(waiting))):
        results[trial] = result
        report(f'{trial.name}: {_describe(result)}')
    return [results[trial] for trial in trials]


def _run_all(waiting: list[tuple], workers: int) -> Iterator[tuple[Trial, dict]]:
    if workers <= 1:
        with one_thread():
            for task in waiting:
                yield task[1], run_trial(*task)
        return
    context = get_context('spawn')
    pool = ProcessPoolExecutor(workers, context, _start_worker, (context.Value('i', 0),))
    try:
        futures = {pool.submit(run_trial, *task): task[1] for task in waiting}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker(started) -> None:
    torch.set_num_threads(1)
    with started.get_lock():
        number, started.value = started.value, started.value + 1
    if torch.cuda.is_available():
        torch.cuda.set_device(number % torch.cuda.device_count())


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
    text = f'test {result["test_accuracy"]:.1%}'
    if result['epochs']:
        text += f', validation {result["val_accuracy"]:.1%}, {result["epochs"]} epochs'
    return text + ''.join(f'; {note}' for note in (f'{result["seconds"]:.0f} s', *result['notes']))


def read_result(trial: Trial, identity: str) -> dict | None:
    """Give the result of a finished trial, or None if it has none of this identity."""
    path = trial.folder / 'result.json'
    if not path.is_file():
        return None
    result = read_json(path)
    return result if result.get('config') == identity else None


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


def run_trial(cfg: Config, trial: Trial, identity: str = '') -> dict:
    """Train, choose the epoch by validation accuracy, test it, and write ``result.json``.

    A recogniser that needs no training is only tested.

    Args:
        cfg (Config): Config of the recogniser.
        trial (Trial): What to run.
        identity (str): What the result is known by; see :func:`fingerprint`.

    Returns:
        dict: ``test_accuracy``, ``test_class_accuracy`` (mean over the classes),
        ``val_accuracy`` and ``epochs`` (None without training), ``predictions`` and what was run.

    Raises:
        FileNotFoundError, ValueError: If data is missing, or the schedule never validates.
    """
    begin = time.time()
    cfg = trial_config(cfg, trial)
    dataset = DATASETS.build(training_data(cfg))
    classes = list(dataset.metainfo['classes'])
    if is_trained(cfg):
        cfg.model.backbone.in_channels = dataset[0]['inputs'].shape[-1]
        cfg.model.cls_head.num_classes = len(classes)
    cfg.merge_from_dict({'env_cfg.mp_cfg.mp_start_method': get_start_method()})

    runner = Runner.from_cfg(cfg)
    test = runner.test_loop.dataloader.dataset  # read before training, as it may be missing
    predictions = _PredictionHook()
    runner.register_hook(predictions)
    epochs, val_accuracy = _train(runner) if is_trained(cfg) else (None, None)
    metrics = runner.test()
    evaluated = [runner.val_dataloader.dataset, test] if is_trained(cfg) else [test]
    result = dict(
        config=identity,
        recognizer=trial.recognizer,
        embedding=trial.embedding,
        shots=trial.shots,
        trial=trial.index,
        classes=classes,
        notes=_notes(dataset, evaluated, trial),
        epochs=epochs,
        val_accuracy=val_accuracy,
        test_accuracy=float(metrics['acc/top1']),
        test_class_accuracy=float(metrics['acc/mean1']),
        predictions=predictions.predictions,
        seconds=time.time() - begin,
    )
    write_json(trial.folder / 'result.json', result, indent=True)
    return result


def _train(runner: Runner) -> tuple[int, float]:
    """Train, load the best epoch, and give the epochs run and its validation accuracy."""
    runner.train()
    epochs = runner.epoch
    runner.load_checkpoint(_best_checkpoint(runner), map_location='cpu')
    return epochs, float(runner.message_hub.get_info('best_score'))


def _best_checkpoint(runner: Runner) -> str:
    for hook in runner.hooks:
        if isinstance(hook, CheckpointHook) and hook.best_ckpt_path:
            return str(hook.best_ckpt_path)
    raise ValueError(
        'The schedule ended before a validation; lower train_cfg.val_begin and val_interval.'
    )


def _notes(train, evaluated: list, trial: Trial) -> list[str]:
    """Say what the data of a trial lacks: examples of a class, embeddings of actions."""
    notes = []
    fewer = _classes_with_fewer(train, trial.shots) if trial.shots != FULL else []
    if fewer:
        notes.append(f'fewer than {trial.shots} examples of {", ".join(fewer)}')
    for dataset in (train, *evaluated):
        if dataset.num_missing:
            notes.append(f'{dataset.num_missing} actions of {dataset.split} lack embeddings')
        if dataset.num_nan:
            notes.append(f'{dataset.num_nan} actions of {dataset.split} have NaN in them')
    return notes


def _classes_with_fewer(dataset, shots: int) -> list[str]:
    found = {info['action']: info['label'] for info in dataset.data_list}
    count = Counter(found.values())
    classes = dataset.metainfo['classes']
    return [f'{name} ({count[i]})' for i, name in enumerate(classes) if count[i] < shots]
