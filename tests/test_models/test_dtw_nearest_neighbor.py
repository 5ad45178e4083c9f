import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.models import DTWNearestNeighbor


def sample(value, length, label, views=1):
    rows = torch.full((views, length, 3), float(value))
    data = ActionDataSample(metainfo=dict(action=f'a{value}')).set_gt_label(label)
    return dict(inputs=rows, data_samples=data)


def predict(model, *queries):
    return model.test_step(dict(inputs=[query['inputs'] for query in queries]))


def test_equal_votes_go_to_the_nearest():
    library = [sample(3, 9, 0), sample(1, 9, 1), sample(5, 9, 2)]
    (found,) = predict(DTWNearestNeighbor(library, k=3), sample(0, 9, 0))
    assert int(found.pred_label) == 1
    assert found.pred_score.tolist() == pytest.approx([1 / 3.5, 1.5 / 3.5, 1 / 3.5])
    assert (found.neighbor, found.neighbor_action) == (1, 'a1')
    assert found.neighbor_distance == pytest.approx(3**0.5 * 17 / 18)


def test_majority_wins_over_the_nearest():
    library = [sample(1, 9, 1), sample(2, 9, 0), sample(3, 9, 0)]
    (found,) = predict(DTWNearestNeighbor(library, k=3), sample(0, 9, 0))
    assert int(found.pred_label) == 0
    assert found.neighbor == 1


def test_other_step_pattern_where_none_admits_a_path():
    library = [sample(4, 30, 0), sample(1, 30, 1)]
    for query in (sample(0, 5, 0), sample(0, 200, 0)):
        (found,) = predict(DTWNearestNeighbor(library), query)
        assert int(found.pred_label) == 1


def test_sequences_without_a_path_do_not_vote():
    library = [sample(1, 30, 1), sample(2, 30, 1), sample(4, 9, 0)]
    (found,) = predict(DTWNearestNeighbor(library, k=3), sample(0, 9, 0))
    assert int(found.pred_label) == 0
    assert found.pred_score.tolist() == [1, 0]


def test_errors():
    with pytest.raises(ValueError, match='the library has no actions'):
        predict(DTWNearestNeighbor([]), sample(0, 5, 0))
    model = DTWNearestNeighbor([sample(0, 5, 0)])
    with pytest.raises(ValueError, match="mode is 'loss'"):
        model(**model.data_preprocessor(dict(inputs=[torch.ones(1, 5, 3)])), mode='loss')
