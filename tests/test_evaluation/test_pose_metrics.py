"""Cross-view retrieval and the validation loss."""

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.evaluation.functional import cross_view_ranks, cross_view_retrieval
from vpd_mm.evaluation.metrics import CrossViewRetrieval, PoseEmbeddingLoss


def test_ranks_by_hand():
    first = np.array([[0.0], [1.0], [10.0]])
    second = np.array([[0.4], [0.6], [0.5]])
    assert cross_view_ranks(first, second).tolist() == [1, 1, 2]


@pytest.mark.parametrize('chunk', [1, 7, 1000])
def test_ranks_against_sorting(chunk):
    rng = np.random.default_rng(0)
    first = rng.normal(size=(50, 4))
    second = first + rng.normal(size=(50, 4))
    distance = np.linalg.norm(first[:, None] - second[None], axis=-1)
    expected = [np.argsort(row).tolist().index(i) + 1 for i, row in enumerate(distance)]
    assert cross_view_ranks(first, second, chunk).tolist() == expected


def test_perfect_and_collapsed_embeddings():
    embedding = np.random.default_rng(0).normal(size=(20, 3))
    assert cross_view_retrieval(embedding, embedding) == dict(top1=100, top5=100, median_rank=1)
    collapsed = cross_view_retrieval(np.zeros((20, 3)), np.zeros((20, 3)))
    assert collapsed == dict(top1=0, top5=0, median_rank=20)


def test_no_poses():
    assert len(cross_view_ranks(np.zeros((0, 3)), np.zeros((0, 3)))) == 0


def sample(name, embedding, same_pose=True, **losses):
    result = ActionDataSample(metainfo=dict(set_name=name, same_pose=same_pose))
    result.set_data(dict(pred_embedding=embedding, **losses))
    return result.to_dict()


def test_retrieval_metric():
    metric = CrossViewRetrieval(k=(1,))
    base = torch.randn(10, 1, 4, generator=torch.Generator().manual_seed(0))
    good, bad = base.repeat(1, 2, 1), torch.cat([base, base.roll(1, 0)], 1)
    for half in (slice(0, 5), slice(5, 10)):
        pair = sample('pairs', bad[half], same_pose=False)
        metric.process({}, [sample('a', good[half]), sample('b', bad[half]), pair])
    results = metric.evaluate(10)
    assert results['cross_view/top1'] == 50
    assert results['cross_view/a_top1'] == 100
    assert results['cross_view/b_top1'] == 0
    assert not any('pairs' in name for name in results)


def test_one_set_has_no_results_of_its_own():
    metric = CrossViewRetrieval()
    metric.process({}, [sample('a', torch.randn(6, 2, 4))])
    assert set(metric.evaluate(6)) == {f'cross_view/{n}' for n in ('top1', 'top5', 'median_rank')}


def test_loss_metric_weighs_samples():
    metric = PoseEmbeddingLoss()
    losses = dict(loss_view=torch.tensor([1.0, 3.0]), loss_lifting=torch.tensor([2.0, 2.0]))
    metric.process({}, [sample('a', torch.zeros(2, 2, 4), **losses)])
    metric.process({}, [sample('b', torch.zeros(1, 2, 4), loss_view=torch.tensor([5.0]))])
    assert metric.evaluate(3) == {
        'vipe/loss': pytest.approx(13 / 3),
        'vipe/loss_view': 3.0,
        'vipe/loss_lifting': pytest.approx(4 / 3),
        'vipe/a_loss': 4.0,
        'vipe/b_loss': 5.0,
    }
