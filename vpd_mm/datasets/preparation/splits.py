"""Splits of labels of one's own, by groups, so that no athlete is trained on and tested."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from vpd_mm.datasets.sports.ordering import shuffled
from vpd_mm.datasets.sports.splits import few_shot_ids
from vpd_mm.formats import Action

ATTEMPTS = 20


def group_of(action: Action, field: str) -> str:
    """Value of a field of an action: ``video``, or any further one, such as ``subject``.

    Raises:
        ValueError: If the action has no such field.
    """
    if field == 'video':
        return action.video
    if field not in action.fields:
        known = ', '.join(['video', *sorted(action.fields)])
        raise ValueError(f'action {action.id} has no field {field} to group by (it has: {known})')
    return str(action.fields[field])


def group_splits(
    actions: Sequence[Action],
    group_by: str = 'video',
    shares: Mapping[str, float] | None = None,
    fixed: Mapping[str, Sequence[str]] | None = None,
    seed: int = 0,
) -> dict[str, list[str]]:
    """Split actions by whole groups, so that every class is shared out as evenly as can be.

    Of several orders that the seed gives, the one whose splits come closest to the shares is
    taken; that a class is in training counts most.

    Args:
        actions: What to split.
        group_by: ``video`` or a field that every action has.
        shares: Share of each split; 0 leaves a split out. Defaults to 0.7, 0.15 and 0.15 for
            ``train``, ``val`` and ``test``.
        fixed: Groups that a split has, whatever the seed says; it then gets no others.
        seed: Another seed gives other splits.

    Returns:
        Ids of each split, sorted.

    Raises:
        ValueError: If groups are unknown or too few, or shares are not shares.
    """
    shares = dict(shares or dict(train=0.7, val=0.15, test=0.15))
    fixed = {split: list(groups) for split, groups in (fixed or {}).items() if groups}
    shares = {split: share for split, share in shares.items() if share or split in fixed}
    if any(share < 0 for share in shares.values()) or not sum(shares.values()) > 0:
        raise ValueError('the shares of the splits are not numbers from 0 with a positive sum')
    members: dict[str, list[Action]] = {}
    for action in actions:
        members.setdefault(group_of(action, group_by), []).append(action)
    place = _fixed_places(fixed, members, group_by)
    free = sorted(members.keys() - place.keys())
    open_splits = [split for split in shares if split not in fixed]
    if len(free) < len(open_splits):
        raise ValueError(
            f'{len(free)} groups by {group_by} are left for {", ".join(open_splits)}, which need '
            'one each; label more of them, group by another field, or ask for fewer splits'
        )
    place |= _best_places(members, free, {s: shares[s] for s in open_splits}, seed)
    splits: dict[str, list[str]] = {split: [] for split in shares}
    for group, split in place.items():
        splits[split] += [action.id for action in members[group]]
    return {split: sorted(ids) for split, ids in splits.items()}


def few_shot_splits(
    actions: Sequence[Action], shots: Sequence[int], trials: int, seed: int = 0
) -> dict[str, list[str]]:
    """Choose k examples of every class, several times.

    The examples of a trial with few shots are among those of the same trial with more. A class
    with fewer than k examples gives all that it has.

    Args:
        actions: The training actions.
        shots: Numbers k of examples.
        trials: How often to choose.
        seed: Another seed gives other examples.

    Returns:
        ``train_<k>_<trial>`` to sorted ids.

    Raises:
        ValueError: If there is nothing to choose from.
    """
    if not actions:
        raise ValueError('split train has no action to choose examples from')
    return {
        f'train_{k}_{trial}': few_shot_ids(actions, k, trial, seed)
        for k in shots
        for trial in range(trials)
    }


def describe_lacks(
    actions: Sequence[Action], splits: Mapping[str, Sequence[str]], shots: Sequence[int] = ()
) -> list[str]:
    """Say what splits lack: classes that training does not have, too few examples.

    Args:
        actions: All actions.
        splits: Ids of each split.
        shots: Numbers of examples that few-shot splits should have.

    Returns:
        One sentence for each lack.
    """
    label = {action.id: action.label for action in actions}
    count = {s: Counter(label[name] for name in ids) for s, ids in splits.items()}
    train = count.get('train', Counter())
    notes = []
    for split in ('val', 'test'):
        for name, number in sorted(count.get(split, Counter()).items()):
            if name not in train:
                notes.append(f'{name}: {number} actions in {split}, but none in train')
    for k in shots:
        fewer = [f'{name} ({number})' for name, number in sorted(train.items()) if number < k]
        if fewer:
            notes.append(f'fewer than {k} examples in train, so all are taken: {", ".join(fewer)}')
    return notes


def _fixed_places(
    fixed: Mapping[str, list[str]], members: Mapping[str, list[Action]], group_by: str
) -> dict[str, str]:
    place: dict[str, str] = {}
    for split, groups in fixed.items():
        for group in groups:
            if group not in members:
                known = ', '.join(sorted(members)[:10])
                raise ValueError(f'no action has the {group_by} {group} (there are: {known})')
            if place.setdefault(group, split) != split:
                raise ValueError(f'{group_by} {group} cannot be in {place[group]} and in {split}')
    return place


def _best_places(
    members: Mapping[str, list[Action]], free: list[str], shares: Mapping[str, float], seed: int
) -> dict[str, str]:
    if not shares:
        return {}  # every split is fixed; groups of none of them stay out
    names = sorted({action.label for group in free for action in members[group]})
    number = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(free), len(names)))
    for row, group in enumerate(free):
        for action in members[group]:
            table[row, number[action.label]] += 1
    splits = list(shares)
    share = np.array([shares[split] for split in splits])
    wanted = np.outer(share / share.sum(), table.sum(0))
    row_of = {group: row for row, group in enumerate(free)}
    best = None
    for attempt in range(ATTEMPTS):
        order = [row_of[group] for group in shuffled(free, 'groups', seed, attempt)]
        found = _assign(table, order, wanted)
        cost = _cost(table, found, wanted, splits)
        if best is None or cost < best[0]:
            best = cost, found
    return {group: splits[best[1][row]] for row, group in enumerate(free)}


def _assign(table: np.ndarray, order: list[int], wanted: np.ndarray) -> np.ndarray:
    """Give each group in turn to the split that then lacks the most of what it wants."""
    scale = 1 / np.maximum(wanted.sum(0), 1)
    lack = wanted * scale
    place = np.zeros(len(table), np.int64)
    empty = list(range(len(wanted)))
    for position, row in enumerate(order):
        choices = empty if len(order) - position <= len(empty) else range(len(wanted))
        counts = table[row] * scale
        gain = [float(counts @ (2 * lack[split] - counts)) for split in choices]
        split = choices[int(np.argmax(gain))]
        place[row] = split
        lack[split] -= counts
        if split in empty:
            empty.remove(split)
    return place


def _cost(
    table: np.ndarray, place: np.ndarray, wanted: np.ndarray, splits: list[str]
) -> tuple[int, int, float]:
    """Classes that training lacks, that other splits lack, and distance from what is wanted."""
    have = np.stack([table[place == split].sum(0) for split in range(len(splits))])
    missing = (have == 0).sum(1)
    train = splits.index('train') if 'train' in splits else 0
    distance = (np.square(have - wanted) / np.square(np.maximum(wanted.sum(0), 1))).sum()
    return int(missing[train]), int(missing.sum()), float(distance)
