import numpy as np
import pytest

from vpd_mm.evaluation.functional import ranking_scores, retrieval_scores

DISTANCES = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, np.inf], [3, 2, np.inf, 0]])
LABELS = np.array([0, 0, 1, 1])


def test_hits_and_precision():
    scores = retrieval_scores(DISTANCES, LABELS, k=(1, 2, 10))
    assert scores == pytest.approx(
        {'hit@1': 50, 'prec@1': 50, 'hit@2': 50, 'prec@2': 25, 'hit@10': 50, 'prec@10': 5}
    )


def test_chosen_queries_and_missing_ones():
    missing = np.full((1, 4), np.nan)
    scores = retrieval_scores(np.r_[DISTANCES[:1], missing], LABELS, (1,), np.array([0, 2]))
    assert scores == {'hit@1': 50, 'prec@1': 50}


def test_ranking():
    labels = np.array([0, 1, 0, 2])
    assert ranking_scores(DISTANCES, labels) == pytest.approx(dict(map=75, mrr=75))
    assert ranking_scores(DISTANCES, np.arange(4)) == dict(map=0, mrr=0)


def test_shapes():
    with pytest.raises(ValueError, match='distances have shape'):
        retrieval_scores(DISTANCES[:2], LABELS)
    assert retrieval_scores(np.zeros((0, 0)), np.zeros(0), (1,)) == {'hit@1': 0, 'prec@1': 0}
