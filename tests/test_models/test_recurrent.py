import pytest
import torch

from vpd_mm.models import RecurrentBackbone

LENGTH = torch.tensor([7, 1, 4, 7, 2])


def batch():
    torch.manual_seed(0)
    sequence = torch.randn(5, 7, 6)
    step = torch.arange(7)
    return sequence * (step < LENGTH[:, None]).unsqueeze(-1)


def results_of(model, run, length=LENGTH):
    """Outputs, states and all gradients of one way to run a model."""
    sequence = batch().requires_grad_()
    model.zero_grad()
    output, state = run(sequence, length)
    (output.float().square().sum() + state.float().cos().sum()).backward()
    grads = [parameter.grad.clone() for parameter in model.parameters()]
    return [output.float(), state.float(), sequence.grad, *grads]


@pytest.mark.parametrize('cell, way', [('gru', 'layers'), ('gru', 'padded'), ('lstm', 'padded')])
@pytest.mark.parametrize('length', [LENGTH, torch.full((5,), 7), torch.full((5,), 3)])
def test_all_ways_equal_packed(cell, way, length):
    model = RecurrentBackbone(6, 8, cell=cell, dropout=0)
    ours = results_of(model, getattr(model, f'run_{way}'), length)
    packed = results_of(model, model.run_packed, length)
    for own, other in zip(ours, packed, strict=True):
        torch.testing.assert_close(own, other, atol=2e-6, rtol=1e-5)


def test_half_precision_is_near():
    model = RecurrentBackbone(6, 8, dropout=0)
    packed = results_of(model, model.run_packed)
    with torch.autocast('cpu', torch.bfloat16):
        ours = results_of(model, model)
    for own, other in zip(ours, packed, strict=True):
        assert own.dtype == torch.float32
        assert (own - other).abs().max() < 0.02 * other.abs().max()


def test_training_on_the_cpu_takes_own_layers(monkeypatch):
    model = RecurrentBackbone(6, 8)
    monkeypatch.setattr(model, 'run_layers', lambda *_: 'own layers')
    assert model(batch(), LENGTH) == 'own layers'
    with torch.no_grad():
        assert model(batch(), LENGTH)[0].shape == (5, 7, 16)


def test_layers_go_back_once():
    model = RecurrentBackbone(6, 8)
    loss = model(batch(), LENGTH)[0].sum()
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match='second backward'):
        loss.backward()


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
