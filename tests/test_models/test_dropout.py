import pytest
import torch

from vpd_mm.models.dropout import Dropout


@pytest.mark.parametrize('share', [0.2, 0.5])
def test_drops_and_scales(share):
    torch.manual_seed(0)
    inputs = torch.full((1000, 101), 2.0, requires_grad=True)
    output = Dropout(share)(inputs)
    output.sum().backward()
    kept = output > 0
    assert abs(kept.float().mean() - (1 - share)) < 0.006
    assert (kept.float().mean(0) - (1 - share)).abs().max() < 0.07
    torch.testing.assert_close(output[kept], torch.tensor(2 / (1 - share)).expand(kept.sum()))
    torch.testing.assert_close(inputs.grad, output.detach() / 2)


def test_depends_on_the_seed_alone():
    drawn = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        drawn.append(Dropout()(torch.ones(999)))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


def test_does_nothing_outside_training():
    inputs = torch.ones(5, 3)
    assert torch.equal(Dropout().eval()(inputs), inputs)
    assert torch.equal(Dropout(0.0)(inputs), inputs)
    assert not Dropout(1.0)(inputs).any()
