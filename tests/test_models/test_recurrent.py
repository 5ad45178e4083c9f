import pytest
import torch

from vpd_mm.models import RecurrentBackbone

LENGTH = torch.tensor([7, 1, 4, 7, 2])


def batch():
    torch.manual_seed(0)
    sequence = torch.randn(5, 7, 6)
    step = torch.arange(7)
    return sequence * (step < LENGTH[:, None]).unsqueeze(-1)


@pytest.mark.parametrize('cell', ['gru', 'lstm'])
def test_padded_equals_packed(cell):
    model = RecurrentBackbone(6, 8, cell=cell, dropout=0)
    results = []
    for run in (model.run_padded, model.run_packed):
        sequence = batch().requires_grad_()
        model.zero_grad()
        output, state = run(sequence, LENGTH)
        (output.square().sum() + state.cos().sum()).backward()
        grads = [parameter.grad.clone() for parameter in model.parameters()]
        results.append([output, state, sequence.grad, *grads])
    for ours, packed in zip(*results, strict=True):
        torch.testing.assert_close(ours, packed, atol=1e-5, rtol=1e-5)


def test_padding_never_enters():
    model = RecurrentBackbone(6, 8, input_norm=True).train()
    model.dropout.p = 0
    first, second = batch(), batch()
    second[1, 1:] = 100
    for ours, other in zip(model(first, LENGTH), model(second, LENGTH), strict=True):
        torch.testing.assert_close(ours, other)


def test_shapes_and_errors():
    model = RecurrentBackbone(6, 8, num_layers=3)
    output, state = model(batch(), LENGTH)
    assert output.shape == (5, 7, 16)
    assert state.shape == (5, 48)
    with pytest.raises(ValueError, match='in_channels'):
        model(torch.zeros(5, 7, 4), LENGTH)
    with pytest.raises(ValueError, match='gru, lstm'):
        RecurrentBackbone(6, cell='rnn')


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('cell', ['gru', 'lstm'])
def test_same_on_gpu(cell):
    model = RecurrentBackbone(6, 8, cell=cell).eval()
    expected = model(batch(), LENGTH)
    found = model.cuda()(batch().cuda(), LENGTH.cuda())
    for ours, other in zip(found, expected, strict=True):
        torch.testing.assert_close(ours.cpu(), other, atol=1e-4, rtol=1e-4)
