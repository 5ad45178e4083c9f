import pytest
import torch

from vpd_mm.models.backbones.residual_mlp import ResidualBlock
from vpd_mm.models.heads import PoseLiftingHead


@pytest.mark.parametrize('residual', [False, True])
def test_each_set_is_lifted_to_its_own_bones(residual):
    head = PoseLiftingHead(
        dict(human36m=20, amass=21),
        embedding_dim=4,
        hidden_channels=8,
        num_layers=3,
        residual=residual,
    )
    embedding = torch.randn(5, 4)
    assert head(embedding, 'human36m').shape == (5, 20, 7)
    assert head(embedding, 'amass').shape == (5, 21, 7)
    blocks = [layer for layer in head.layers if isinstance(layer, ResidualBlock)]
    assert len(blocks) == (3 if residual else 0)


def test_an_unknown_set_is_one_sentence():
    head = PoseLiftingHead(dict(human36m=20), embedding_dim=4, hidden_channels=8)
    with pytest.raises(ValueError, match="knows the sets human36m, and a batch holds 'nba2k'"):
        head(torch.zeros(1, 4), 'nba2k')
