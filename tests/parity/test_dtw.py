"""Golden topic 08: dynamic time warping, nearest neighbours and retrieval."""

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.alignment import dtw_distance, nearest, pairwise_dtw
from vpd_mm.evaluation.functional import retrieval_scores
from vpd_mm.models import DTWNearestNeighbor

KEY = {'symmetricP2': 'out_symmetricP2', 'symmetric2': 'out_symmetric2'}


@pytest.fixture(scope='module')
def arrays(golden):
    return golden('08_dtw')


def ragged(arrays, name):
    return np.split(arrays[f'{name}_data'], np.cumsum(arrays[f'{name}_lens'])[:-1])


@pytest.mark.parametrize('tensors', [False, True])
@pytest.mark.parametrize('step_pattern', list(KEY))
@pytest.mark.parametrize('width', [8, 16, 32, 64])
def test_distances(arrays, width, step_pattern, tensors):
    pairs = zip(ragged(arrays, f'in_a_D{width}'), ragged(arrays, f'in_b_D{width}'), strict=True)
    if tensors:
        pairs = (map(torch.from_numpy, pair) for pair in pairs)
    found = [dtw_distance(a, b, step_pattern) for a, b in pairs]
    assert found == pytest.approx(arrays[f'{KEY[step_pattern]}_D{width}'], abs=1e-6)


def test_feasible_lengths(arrays):
    expected = arrays['out_symmetricP2_feasible']
    ones = [np.ones((length + 1, 1)) for length in range(len(expected))]
    assert (np.isfinite(pairwise_dtw(ones)) == expected).all()


def samples(sequences, labels):
    """Samples of sequences (T, V, D)."""
    return [
        dict(
            inputs=torch.from_numpy(rows).transpose(0, 1),
            data_samples=ActionDataSample(metainfo=dict(action=str(number))).set_gt_label(label),
        )
        for number, (rows, label) in enumerate(zip(sequences, labels.tolist(), strict=True))
    ]


def predict(model, queries):
    batch = dict(inputs=[torch.from_numpy(rows).transpose(0, 1) for rows in queries])
    found = model.test_step(batch)
    assert [int(sample.pred_label) for sample in found] == [
        int(sample.pred_score.argmax()) for sample in found
    ]
    return [[int(sample.pred_label), sample.neighbor] for sample in found]


def test_all_pairs(arrays):
    train = ragged(arrays, 'in_knn_train')
    for query, out in [
        ('in_knn_query', 'out_knn_dist'),
        ('in_knn_query_flip', 'out_knn_dist_flip'),
    ]:
        found = pairwise_dtw(ragged(arrays, query), train)
        assert found == pytest.approx(arrays[out], abs=1e-6)


@pytest.mark.parametrize('k', [1, 3])
def test_nearest_neighbours(arrays, k):
    train = [rows[:, None] for rows in ragged(arrays, 'in_knn_train')]
    model = DTWNearestNeighbor(samples(train, arrays['in_knn_labels']), k)
    query, flip = (ragged(arrays, name) for name in ('in_knn_query', 'in_knn_query_flip'))
    assert predict(model, [rows[:, None] for rows in query]) == arrays[f'out_knn_k{k}'].tolist()
    both = [np.stack(views, 1) for views in zip(query, flip, strict=True)]
    assert predict(model, both) == arrays[f'out_knn_k{k}_n'].tolist()


@pytest.mark.parametrize('ensemble', [False, True])
@pytest.mark.parametrize('k', [1, 3])
def test_model(arrays, k, ensemble):
    train = samples(ragged(arrays, 'in_model_train'), arrays['in_model_labels'])
    model = DTWNearestNeighbor(train, k, ensemble)
    expected = arrays[f'out_model_k{k}_ensemble{int(ensemble)}'].tolist()
    assert predict(model, ragged(arrays, 'in_model_query')) == expected
    (missing,) = model.test_step(dict(inputs=[torch.zeros(2, 0, 8)]))
    assert int(missing.pred_label) == arrays['out_model_none_label']


def test_find(arrays):
    train = ragged(arrays, 'in_knn_train')
    queries = ragged(arrays, 'in_knn_query')[: len(arrays['out_find_index'])]
    distance, index = nearest(queries, train, 6)
    # The candidate list there has a gap after its first five.
    assert (index + (index >= 5)).tolist() == arrays['out_find_index'].tolist()
    assert distance == pytest.approx(arrays['out_find_dist'], abs=1e-6)


def test_retrieval(arrays):
    distances = pairwise_dtw(ragged(arrays, 'in_retrieval_embs'))
    expected = np.nan_to_num(arrays['out_retrieval_dist'], nan=0, posinf=np.inf)
    assert distances == pytest.approx(expected, abs=1e-6)
    check_retrieval(arrays, 'retrieval', distances)
    queries = np.flatnonzero(np.isin(arrays['in_retrieval_names'], arrays['in_retrieval_queryset']))
    check_retrieval(arrays, 'retrieval_subset', distances[queries], queries)


def test_retrieval_with_missing_actions(arrays):
    rows = [views.reshape(len(views), 16) for views in ragged(arrays, 'in_retrieval2_embs')]
    there = np.array([len(views) > 0 for views in rows])
    distances = np.full((len(rows), len(rows)), np.inf)
    distances[np.ix_(there, there)] = pairwise_dtw([views for views in rows if len(views)])
    check_retrieval(arrays, 'retrieval2', distances)


def check_retrieval(arrays, name, distances, queries=None):
    k = tuple(arrays['in_retrieval_hits'].tolist())
    scores = retrieval_scores(distances, arrays['in_retrieval_labels'], k, queries)
    for score, out in [('hit', f'out_{name}_hit'), ('prec', f'out_{name}_prec')]:
        found = [scores[f'{score}@{number}'] for number in k]
        assert found == pytest.approx(arrays[out], abs=1e-9)
