"""The teacher's networks and loss against the reference."""

import numpy as np
import pytest
import torch

from vpd_mm.models.backbones import ResidualMLP
from vpd_mm.models.embedders import VIPEEmbedder
from vpd_mm.models.heads import PoseLiftingHead

BONES = {'human36m': 20, 'nba2k': 24}
CASES = {'full': 'human36m', 'pair': 'pairs', 'lift': 'nba2k', 'neg': 'pairs'}
CLOSE = {'rtol': 1e-5, 'atol': 1e-5}


@pytest.fixture(scope='module')
def data(golden):
    return dict(golden('04_vipe_net'))


def weights(data, name):
    prefix = f'in_sd_{name}__'
    return {
        key.removeprefix(prefix): torch.from_numpy(np.array(value))
        for key, value in data.items()
        if key.startswith(prefix)
    }


def head_weights(data, name='dec'):
    renamed = {}
    for key, value in weights(data, name).items():
        trunk = key.replace('fcn.layers', 'layers').replace('fc_res.layers', 'layers')
        renamed[trunk.replace('fc_', 'fc.')] = value
    return renamed


@pytest.fixture
def teacher(data):
    model = VIPEEmbedder(
        backbone=dict(type='ResidualMLP', hidden_channels=64, dropout=0.0),
        head=dict(type='PoseLiftingHead', num_bones=BONES, hidden_channels=48),
    )
    model.backbone.load_state_dict(weights(data, 'enc39'))
    model.head.load_state_dict(head_weights(data))
    return model.eval()


def batch_of(data, case):
    names = {
        'pose1': 'pose1',
        'pose2': 'pose2',
        'pose_neg': 'negative',
        'pose_neg_is_valid': 'negative_valid',
        'kp_features': 'features',
    }
    return {
        name: torch.from_numpy(data[f'in_{case}_{key}'])
        for key, name in names.items()
        if f'in_{case}_{key}' in data
    }


@pytest.mark.parametrize('size', [39, 75])
def test_encoder(data, size):
    encoder = ResidualMLP(size, hidden_channels=64).eval()
    encoder.load_state_dict(weights(data, f'enc{size}'))
    poses = torch.from_numpy(data[f'in_pose{size}']).flatten(1)
    with torch.no_grad():
        np.testing.assert_allclose(encoder(poses), data[f'out_emb{size}'], **CLOSE)
        np.testing.assert_allclose(encoder(poses[3:4]), data[f'out_emb{size}_single'], **CLOSE)


@pytest.mark.parametrize('decoder', ['dec', 'resdec'])
@pytest.mark.parametrize('name', BONES)
def test_head(data, name, decoder):
    head = PoseLiftingHead(BONES, hidden_channels=48, residual=decoder == 'resdec').eval()
    head.load_state_dict(head_weights(data, decoder))
    with torch.no_grad():
        lifted = head(torch.from_numpy(data['in_emb']), name)
    assert lifted.shape[1:] == (BONES[name], 7)
    np.testing.assert_allclose(lifted.flatten(1), data[f'out_{decoder}_{name}'], **CLOSE)


def contrastive_and_total(losses):
    return [
        sum(float(losses.get(name, 0)) for name in ('loss_view', 'loss_negative')),
        sum(map(float, losses.values())),
    ]


def totals_of_sets(teacher, batch):
    """Mean loss of every set, as a validation gives it."""
    totals = []
    for sample in teacher(batch, mode='predict'):
        losses = [value for key, value in sample.items() if key.startswith('loss')]
        totals.append(float(sum(losses).mean()))
    return totals


@pytest.mark.parametrize('weight', [1, 0.25])
@pytest.mark.parametrize('case', CASES)
def test_loss(data, teacher, case, weight):
    teacher.loss_lifting.weight = weight
    batch = {CASES[case]: batch_of(data, case)}
    with torch.no_grad():
        losses = contrastive_and_total(teacher(batch, mode='loss'))
        losses += totals_of_sets(teacher, batch)
    np.testing.assert_allclose(losses, data[f'out_loss_{case}_w{weight}'], rtol=1e-5, atol=1e-6)


def test_loss_of_two_sets(data, teacher):
    batch = {CASES[case]: batch_of(data, case) for case in ('full', 'lift')}
    with torch.no_grad():
        losses = contrastive_and_total(teacher(batch, mode='loss'))
        losses += totals_of_sets(teacher, batch)
    np.testing.assert_allclose(losses, data['out_loss_two_datasets'], rtol=1e-5)


def test_training_step(data, teacher):
    teacher.train()
    losses = teacher({'human36m': batch_of(data, 'full')}, mode='loss')
    sum(losses.values()).backward()
    contrastive, total = contrastive_and_total({k: v.detach() for k, v in losses.items()})
    np.testing.assert_allclose([contrastive, total, total], data['out_train_loss_full'], rtol=1e-5)
    np.testing.assert_allclose(
        teacher.backbone.layers[0].weight.grad, data['out_train_grad_first_weight'], **CLOSE
    )
    state = teacher.backbone.state_dict()
    for key, expected in data.items():
        if key.startswith('out_train_bn__'):
            np.testing.assert_allclose(state[key.removeprefix('out_train_bn__')], expected, **CLOSE)
