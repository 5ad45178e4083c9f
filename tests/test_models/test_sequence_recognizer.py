import pytest
import torch
from mmaction.structures import ActionDataSample

from vpd_mm.models import SequenceClsHead
from vpd_mm.registry import MODELS


@pytest.fixture
def model():
    torch.manual_seed(0)
    return MODELS.build(
        dict(
            type='SequenceRecognizer',
            backbone=dict(type='RecurrentBackbone', in_channels=6, hidden_channels=8),
            cls_head=dict(type='SequenceClsHead', in_channels=16, num_classes=3),
        )
    )


def make_batch(labels=(0, 2, 1), views=1):
    torch.manual_seed(1)
    return dict(
        inputs=[torch.randn(views, 3 + label, 6) for label in labels],
        data_samples=[ActionDataSample().set_gt_label(label) for label in labels],
    )


def test_views_are_averaged(model):
    model.eval()
    batch = make_batch(views=2)
    with torch.no_grad():
        both = model.test_step(batch)
        scores = [s.pred_score.clone() for s in both]
        for view in range(2):
            single = dict(batch, inputs=[x[view : view + 1] for x in batch['inputs']])
            for score, sample in zip(scores, model.test_step(single), strict=True):
                score -= sample.pred_score / 2
    assert torch.stack(scores).abs().max() < 1e-6


def test_scores_are_in_full_precision(model):
    model.eval()
    with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
        samples = model.test_step(make_batch())
    assert {sample.pred_score.dtype for sample in samples} == {torch.float32}


def test_loss_falls(model):
    optimizer = torch.optim.AdamW(model.parameters(), 0.02)
    losses = []
    for _ in range(30):
        data = model.data_preprocessor(make_batch(), True)
        losses.append(model(**data, mode='loss')['loss_cls'])
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < losses[0] / 2


def test_lone_sample_trains(model):
    data = model.data_preprocessor(make_batch((1,)), True)
    assert torch.isfinite(model.train()(**data, mode='loss')['loss_cls'])


def test_errors(model):
    data = model.data_preprocessor(make_batch((3, 0)), True)
    with pytest.raises(ValueError, match='num_classes'):
        model(**data, mode='loss')
    with pytest.raises(ValueError, match='tensor, loss or predict'):
        model(**data, mode='train')
    with pytest.raises(ValueError, match='pooling'):
        SequenceClsHead(3, 16, pooling='attention')


def test_preprocessor_pads(model):
    data = model.data_preprocessor(make_batch((0, 2), views=2))['inputs']
    assert data['sequence'].shape == (2, 2, 5, 6)
    assert data['length'].tolist() == [3, 5]
    assert (data['sequence'][0, :, 3:] == 0).all()
