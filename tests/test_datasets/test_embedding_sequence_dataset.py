import pickle

import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict

from vpd_mm.datasets import EmbeddingSequenceDataset
from vpd_mm.engine.hooks.plain_checkpoint import to_plain
from vpd_mm.formats import (
    Action,
    Actions,
    FormatError,
    VideoMeta,
    read_actions,
    write_actions,
    write_embeddings,
)


@pytest.fixture
def root(tmp_path):
    meta = VideoMeta(25.0, 50, 8, 8)
    actions = [
        Action('a', 'v', 2, 6, 'one'),
        Action('b', 'v', 5, 50, 'two'),
        Action('c', 'w', 0, 5, 'two'),
    ]
    splits = {'train': ['a', 'b', 'c'], 'test': ['c']}
    path = tmp_path / 'actions.json'
    write_actions(path, Actions(['one', 'two'], {'v': meta, 'w': meta}, actions, splits))
    rows = np.arange(10)[:, None, None] * np.array([[[1.0, 0.0], [0.0, 2.0]]])
    rows[3, 0, 0] = np.nan
    write_embeddings(tmp_path / 'emb' / 'v.emb.pkl', np.arange(10), rows)
    return tmp_path


def build(root, split='train', **kwargs):
    sport = dict(type='CustomSport', data_root=str(root))
    return EmbeddingSequenceDataset(sport, str(root / 'emb'), split, **kwargs)


def test_views_are_training_samples(root):
    dataset = build(root)
    assert len(dataset) == 4
    assert dataset.num_missing == 1
    samples = [dataset[i] for i in range(4)]
    assert [tuple(s['inputs'].shape) for s in samples] == [(1, 4, 2)] * 2 + [(1, 5, 2)] * 2
    assert samples[0]['inputs'][0, :, 0].tolist() == [2, 0, 4, 5]  # NaN is 0
    assert dataset.num_nan == 1
    assert samples[1]['inputs'][0, :, 1].tolist() == [4, 6, 8, 10]
    assert [int(s['data_samples'].gt_label) for s in samples] == [0, 0, 1, 1]
    assert samples[3]['data_samples'].action == 'b'


def test_a_checkpoint_carries_the_metainfo_unchanged(root):
    """A resumed run warns where the pickled metainfo differs from the checkpoint's."""
    sport = ConfigDict(type='CustomSport', data_root=str(root))
    metainfo = EmbeddingSequenceDataset(sport, str(root / 'emb'), 'train').metainfo
    assert pickle.dumps(to_plain(metainfo)) == pickle.dumps(metainfo)


def test_views_are_together_in_tests(root):
    dataset = build(root, test_mode=True, normalize=True)
    assert len(dataset) == 2
    inputs = dataset[1]['inputs']
    assert inputs.dtype == torch.float32
    assert inputs.norm(dim=-1).flatten().tolist() == pytest.approx([1] * 10)
    assert dataset.metainfo['classes'] == ('one', 'two')


def test_new_files_are_read_anew(root):
    build(root)
    write_embeddings(root / 'emb' / 'v.emb.pkl', np.arange(10), np.ones((10, 3)))
    dataset = build(root)
    assert dataset[0]['inputs'].shape == (1, 4, 3)


def test_no_embeddings(root):
    with pytest.raises(FileNotFoundError, match=r'none of the 1 actions of split test'):
        build(root, 'test')


def test_empty_splits(root):
    path = root / 'actions.json'
    content = read_actions(path)
    content.splits['val'] = []
    write_actions(path, content)
    with pytest.raises(FormatError, match=r'split val has no action'):
        build(root, 'val')


def test_what_is_missing_is_counted(root, monkeypatch):
    said = []
    monkeypatch.setattr(EmbeddingSequenceDataset, '_warn', lambda self, text: said.append(text))
    path = root / 'actions.json'
    content = read_actions(path)
    content.actions.append(Action('d', 'v', 40, 50, 'one'))
    content.splits = dict(train=['a'], test=['b', 'c', 'd'])
    write_actions(path, content)
    dataset = build(root, 'test', test_mode=True)
    assert dataset.num_missing == 2
    assert said == [
        '2 of the 3 actions of split test have no embeddings and are left out: 1 as their video '
        'has no file, 1 as no frame of theirs is embedded.',
        '1 of the 1 actions of split test are of classes that split train lacks (two); a '
        'recogniser cannot name them.',
    ]
