import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpd_mm.datasets.preparation.splits import describe_lacks, few_shot_splits, group_splits
from vpd_mm.formats import Action


def make(rows):
    """Actions of rows (group, class)."""
    return [
        Action(f'a{i}', f'v{group}', 0, 1, f'c{label}', {'subject': group % 3})
        for i, (group, label) in enumerate(rows)
    ]


ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3)), min_size=1, max_size=60)


@settings(max_examples=60)
@given(rows=ROWS, seed=st.integers(0, 5), group_by=st.sampled_from(['video', 'subject']))
def test_groups_are_disjoint(rows, seed, group_by):
    actions = make(rows)
    by = {a.id: a.video if group_by == 'video' else a.fields['subject'] for a in actions}
    if len(set(by.values())) < 3:
        with pytest.raises(ValueError, match=f'groups by {group_by} are left for train, val, test'):
            group_splits(actions, group_by, seed=seed)
        return
    splits = group_splits(actions, group_by, seed=seed)
    assert splits == group_splits(actions[::-1], group_by, seed=seed)  # reproducible
    assert sorted(one for ids in splits.values() for one in ids) == sorted(by)
    assert all(splits[name] for name in ('train', 'val', 'test'))
    groups = [{by[one] for one in ids} for ids in splits.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))


@settings(max_examples=60)
@given(rows=ROWS, seed=st.integers(0, 5))
def test_few_shots(rows, seed):
    actions = make(rows)
    label = {a.id: a.label for a in actions}
    splits = few_shot_splits(actions, [1, 4], 3, seed)
    assert list(splits) == [f'train_{k}_{trial}' for k in (1, 4) for trial in range(3)]
    assert splits == few_shot_splits(actions[::-1], [1, 4], 3, seed)
    for name, ids in splits.items():
        k = int(name.split('_')[1])
        for one in set(label.values()):
            have = sum(x == one for x in label.values())
            assert sum(label[i] == one for i in ids) == min(k, have)
    for trial in range(3):
        assert set(splits[f'train_1_{trial}']) <= set(splits[f'train_4_{trial}'])


def test_shares_and_balance():
    actions = make([(group, label) for group in range(40) for label in range(4)])
    splits = group_splits(actions)
    assert {split: len(ids) for split, ids in splits.items()} == dict(train=112, val=24, test=24)
    assert splits != group_splits(actions, seed=1)
    assert set(group_splits(actions, shares=dict(train=0.8, val=0, test=0.2))) == {'train', 'test'}


def test_every_class_is_trained_on_if_it_can_be():
    rows = [(group, 0) for group in range(8)] + [(8, 1)]  # one group alone has class 1
    label = {a.id: a.label for a in make(rows)}
    for seed in range(20):
        splits = group_splits(make(rows), seed=seed)
        assert {label[one] for one in splits['train']} == {'c0', 'c1'}


def test_fixed_groups():
    actions = make([(group, 0) for group in range(9)])
    splits = group_splits(actions, fixed=dict(test=['v3', 'v4']))
    assert splits['test'] == ['a3', 'a4']
    assert splits['train'] and splits['val']
    everything = dict(train=1.0, val=0, test=0)
    splits = group_splits(actions, shares=everything, fixed=dict(test=['v3']))
    assert len(splits['train']) == 8 and splits['test'] == ['a3']
    with pytest.raises(ValueError, match='no action has the video nobody'):
        group_splits(actions, fixed=dict(test=['nobody']))
    with pytest.raises(ValueError, match='cannot be in val and in test'):
        group_splits(actions, fixed=dict(val=['v1'], test=['v1']))


def test_lacks_are_sentences():
    actions = [Action('a', 'v', 0, 1, 'x'), Action('b', 'w', 0, 1, 'y')]
    assert describe_lacks(actions, dict(train=['a'], test=['b']), [1, 4]) == [
        'y: 1 actions in test, but none in train',
        'fewer than 4 examples in train, so all are taken: x (1)',
    ]
    with pytest.raises(ValueError, match='action a has no field match to group by'):
        group_splits(actions, 'match')
    with pytest.raises(ValueError, match='no action to choose'):
        few_shot_splits([], [1], 1)
