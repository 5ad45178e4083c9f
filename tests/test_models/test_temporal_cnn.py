import pytest
import torch

from vpd_mm.models import SequenceRecognizer, TemporalCNN

LENGTH = torch.tensor([9, 1, 4])


def batch():
    torch.manual_seed(0)
    steps = torch.arange(9) < LENGTH[:, None]
    return torch.randn(3, 9, 6) * steps.unsqueeze(-1)


@pytest.mark.parametrize('depth', [1, 2])
def test_padding_never_enters(depth):
    model = TemporalCNN(6, 8, depth=depth)
    together, states = model(batch(), LENGTH)
    assert together.shape == (3, 9, 24)
    assert states.shape == (3, 24)
    for rows, length, own, state in zip(batch(), LENGTH, together, states, strict=True):
        alone, alone_state = model(rows[None, :length], length[None])
        torch.testing.assert_close(own[:length], alone[0])
        torch.testing.assert_close(state, alone_state[0])
        assert not own[length:].any()


def test_attention_and_errors():
    model = SequenceRecognizer(
        dict(type='TemporalCNN', in_channels=6, hidden_channels=8),
        dict(
            type='SequenceClsHead',
            in_channels=24,
            num_classes=5,
            pooling='attention',
            state_channels=24,
        ),
    )
    assert model.logits(batch()[:, None], LENGTH).shape == (3, 1, 5)
    with pytest.raises(ValueError, match='in_channels'):
        TemporalCNN(4)(batch(), LENGTH)
    with pytest.raises(ValueError, match='1 or 2'):
        TemporalCNN(6, depth=3)
