"""Splits of the published sports."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from vpd_mm.formats import Action

from .base import Sport
from .label_files import read_id_file
from .ordering import shuffled

VAL_FRACTION = 0.15
"""Share of the training actions that validates, where nothing is published to validate with."""

FEW_SHOT = re.compile(r'train_(\d+)_(\d+)')

PROTOCOLS = ('clean', 'reference')


def split_by_videos(sport: Sport, split: str) -> list[str]:
    """Ids of a split, where the test set is some videos and ``val.ids.txt`` lists validation.

    Args:
        sport: The sport; its ``test_videos`` are the test set.
        split: ``train``, ``val``, ``test`` or the name of a list of ids.

    Raises:
        FileNotFoundError: If a list of ids is missing.
    """
    test = [action.id for action in sport.labels.values() if action.video in sport.test_videos]
    if split == 'test':
        return test
    if split == 'val':
        return read_id_file(sport.label_path('val.ids.txt'))
    if split == 'train':
        others = {*test, *read_id_file(sport.label_path('val.ids.txt'))}
        return [name for name in sport.labels if name not in others]
    return read_id_file(sport.label_path(f'{split}.ids.txt'))


def split_by_lists(
    sport: Sport,
    split: str,
    train: Collection[str],
    test: Collection[str],
    recordings: Mapping[str, str],
) -> list[str]:
    """Ids of a split, where train and test are published, but nothing to validate with.

    In the protocol ``reference`` the epoch is chosen on the test set, as published. In ``clean``
    a share of the training recordings is held out for it, the same in every run; where a
    published few-shot split has an action of them, another one of its class takes its place.

    Args:
        sport: The sport, with its ``protocol``.
        split: ``train``, ``val``, ``test`` or the name of a list of ids.
        train: Ids of the published training set.
        test: Ids of the published test set.
        recordings: Recording that each training action comes from.

    Raises:
        FileNotFoundError: If a list of ids is missing.
    """
    if split == 'test' or (split == 'val' and sport.protocol == 'reference'):
        return list(test)
    published = train if split in ('train', 'val') else None
    if published is None:
        published = read_id_file(sport.label_path(f'{split}.ids.txt'))
    if sport.protocol == 'reference':
        return list(published)
    pool = {name: sport.labels[name] for name in train if name in sport.labels}
    held_out = hold_out(pool.values(), recordings, VAL_FRACTION)
    if split == 'val':
        return sorted(held_out)
    if split == 'train':
        return [name for name in train if name not in held_out]
    return _replace(published, held_out, pool, split)


def hold_out(
    actions: Iterable[Action], groups: Mapping[str, str], fraction: float, seed: int = 0
) -> set[str]:
    """Choose whole groups of actions, about a share of all; every class keeps most of its own.

    A group is passed over if, without it, a class had less than half of its actions left.

    Args:
        actions: All actions.
        groups: Group of each action's id.
        fraction: Share of the actions that is wanted.
        seed: Another seed chooses other groups.

    Returns:
        Ids of the chosen actions.
    """
    members: dict[str, list[Action]] = {}
    for action in actions:
        members.setdefault(groups[action.id], []).append(action)
    every = Counter(action.label for group in members.values() for action in group)
    left, chosen = every.copy(), set()
    wanted = fraction * every.total()
    for name in shuffled(members, 'hold out', seed):
        labels = Counter(action.label for action in members[name])
        fits = len(chosen) + labels.total() <= wanted
        if fits and all(2 * (left[label] - n) >= every[label] for label, n in labels.items()):
            chosen |= {action.id for action in members[name]}
            left -= labels
    return chosen


def few_shot_ids(actions: Iterable[Action], shots: int, trial: int, seed: int = 0) -> list[str]:
    """Choose k examples of every class; a class with fewer gives all that it has.

    The examples of a trial with few shots are among those of the same trial with more.

    Args:
        actions: The training actions.
        shots: Examples of a class.
        trial: Number of the trial; another one gives other examples.
        seed: Another seed gives other examples for all trials.

    Returns:
        Their ids, sorted.
    """
    by_class: dict[str, list[str]] = {}
    for action in actions:
        by_class.setdefault(action.label, []).append(action.id)
    orders = (shuffled(ids, 'few shots', seed, trial) for ids in by_class.values())
    return sorted(name for order in orders for name in order[:shots])


def check_protocol(protocol: str) -> str:
    """Give the protocol back.

    Raises:
        ValueError: If there is no such protocol.
    """
    if protocol not in PROTOCOLS:
        raise ValueError(f"protocol is {protocol!r}; choose 'clean' or 'reference'")
    return protocol


def _replace(
    ids: list[str], held_out: set[str], pool: Mapping[str, Action], split: str
) -> list[str]:
    """Replace held-out actions of a few-shot split by others of their class."""
    kept = [name for name in ids if name not in held_out]
    spare: dict[str, list[str]] = {}
    taken = {*ids, *held_out}
    for name in shuffled(pool.keys() - taken, 'replace', split):
        spare.setdefault(pool[name].label, []).append(name)
    lost = [pool[name].label for name in ids if name in held_out]
    return kept + [spare[label].pop() for label in lost if spare.get(label)]
