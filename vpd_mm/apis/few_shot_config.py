"""Settings of few-shot trials, and what makes two trials the same."""

import hashlib
import json
import time
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import astuple
from functools import cache
from operator import attrgetter
from pathlib import Path

from mmengine.config import Config, ConfigDict

from vpd_mm.datasets.sports import Sport
from vpd_mm.registry import SPORTS

LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')


def is_trained(cfg: Config) -> bool:
    """Whether the recogniser is trained; one that keeps a library of labelled actions is not."""
    return 'library' not in cfg.model


def training_data(cfg: Config) -> ConfigDict:
    """Give the config of the data set that a recogniser learns from."""
    return cfg.train_dataloader.dataset if is_trained(cfg) else cfg.model.library


def _data_sets(cfg: Config) -> list[str]:
    """Name the places of all data sets in a config."""
    places = [f'{name}.dataset' for name in LOADERS if cfg.get(name)]
    return places if is_trained(cfg) else ['model.library', *places]


def set_data_root(cfg: Config, data_root: str) -> None:
    """Set the folder of the sport in all data sets of a config."""
    cfg.merge_from_dict({f'{place}.sport.data_root': data_root for place in _data_sets(cfg)})


def trial_config(cfg: Config, trial) -> Config:
    """Give the config of one trial: embeddings, split, seed and folder set, logging only errors.

    Args:
        cfg (Config): Config of the recogniser.
        trial (Trial): See :class:`vpd_mm.apis.few_shot.Trial`.

    Returns:
        Config: A changed copy.
    """
    cfg = deepcopy(cfg)
    seed = cfg.get('randomness', {}).get('seed') or 0
    options = {f'{place}.embedding_dir': trial.embedding_dir for place in _data_sets(cfg)}
    options |= {
        'randomness.seed': seed + trial.index,
        'work_dir': str(trial.folder),
        'experiment_name': name_of_run(trial.folder),
        'log_level': 'ERROR',
    }
    cfg.merge_from_dict(options)
    training_data(cfg).split = trial.split
    cfg.visualizer = dict(type='Visualizer', vis_backends=[])  # the result file says it all
    return cfg


def name_of_run(folder: str | Path) -> str:
    """Give a name for MMEngine's Runner that no other run of this process has.

    Runs of one name share their best score; MMEngine tells them apart by the second alone.
    """
    return f'{folder}_{time.perf_counter_ns()}'.replace('/', '_')


def check_folder_names(embedding_dirs: list[str]) -> None:
    """Require that folders of embeddings, which tables name by their last part, differ in it.

    Raises:
        ValueError: If two have the same name.
    """
    names = [Path(folder).name for folder in embedding_dirs]
    if len(set(names)) < len(names):
        raise ValueError(f'{", ".join(embedding_dirs)}: folder names repeat; make them differ.')


def embedding_files(folder: str | Path) -> list[tuple[str, int, int]]:
    """List names, sizes and times of change (ns) of the embeddings in a folder, to tell new ones.

    Args:
        folder (str | Path): Folder of ``<video>.emb.pkl`` files; none if it does not exist.
    """
    folder = Path(folder)
    found = [(path, path.stat()) for path in sorted(folder.rglob('*.emb.pkl'))]
    return [(str(path.relative_to(folder)), s.st_size, s.st_mtime_ns) for path, s in found]


def _labels(sport: Sport, split: str) -> tuple:
    """Give the classes, and the actions of a split as plain values."""
    return sport.classes, [astuple(action) for action in sport.actions(split)]


def trial_fingerprints(cfg: Config, trials: Iterable) -> dict:
    """Give what tells the trials of other settings, labels or embeddings.

    Args:
        cfg (Config): Config of the recogniser.
        trials (Iterable[Trial]): See :class:`vpd_mm.apis.few_shot.Trial`.

    Returns:
        dict[Trial, str]: The :func:`fingerprint` of each.

    Raises:
        FileNotFoundError, FormatError: If labels are missing or damaged, or a split is unknown.
    """
    embeddings = cache(embedding_files)
    sport = cache(lambda settings: SPORTS.build(json.loads(settings)))
    labels = cache(lambda settings, split: _labels(sport(settings), split))

    def identify(trial) -> str:
        own = trial_config(cfg, trial)
        data_sets = [attrgetter(place)(own) for place in _data_sets(own)]
        known = [labels(json.dumps(data.sport), data.split) for data in data_sets]
        return fingerprint(own, [embeddings(trial.embedding_dir), known])

    return {trial: identify(trial) for trial in trials}


def fingerprint(cfg: Config, files: list | None = None) -> str:
    """Give a short text that changes with settings and data, not with the work folder.

    Args:
        cfg (Config): The settings.
        files (list, optional): What is known of the data, such as :func:`embedding_files` gives.
    """
    places = ('work_dir', 'experiment_name')
    settings = {key: value for key, value in cfg.to_dict().items() if key not in places}
    text = json.dumps([settings, files], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
