"""Networks of torchvision and timm as the student's backbone."""

import pytest
import torch

from vpd_mm.models.backbones import ConvStem, ImageBackbone
from vpd_mm.models.embedders import VPDEmbedder


@pytest.fixture(scope='module')
def torchvision():
    return pytest.importorskip('torchvision')


def student(features: int, **backbone) -> VPDEmbedder:
    return VPDEmbedder(
        backbone=dict(type='ImageBackbone', **backbone),
        head=dict(type='EmbeddingHead', in_channels=features, embedding_dim=8),
    ).eval()


@pytest.mark.parametrize(
    ('name', 'features', 'options'),
    [
        ('convnext_tiny', 768, {}),
        ('vit_b_16', 768, dict(image_size=32)),
        ('mobilenet_v3_small', 1024, {}),
    ],
)
def test_torchvision(torchvision, name, features, options):
    model = student(features, name=f'torchvision.{name}', **options)
    with torch.no_grad():
        assert model(torch.rand(2, 2, 5, 32, 32)).shape == (2, 2, 8)


def test_timm():
    pytest.importorskip('timm')
    model = student(192, name='timm.vit_tiny_patch16_224', img_size=32)
    with torch.no_grad():
        assert model(torch.rand(2, 2, 5, 32, 32)).shape == (2, 2, 8)
    with pytest.raises(ValueError, match="timm has no network 'none'"):
        ImageBackbone('timm.none')


def test_pretrained_stem_is_the_mean_over_rgb(torchvision, tmp_path):
    weights = torchvision.models.mobilenet_v3_small().state_dict()
    torch.save(weights, tmp_path / 'weights.pth')
    path = str(tmp_path / 'weights.pth')
    model = ImageBackbone('torchvision.mobilenet_v3_small', pretrained=path)
    model.init_weights()
    expected = weights['features.0.0.weight'].mean(1, keepdim=True).expand(-1, 5, -1, -1)
    torch.testing.assert_close(model.network.features[0][0].weight, expected)
    for name, value in model.network.state_dict().items():
        if name != 'features.0.0.weight':
            torch.testing.assert_close(value, weights[name])
    rgb = ImageBackbone('torchvision.mobilenet_v3_small', in_channels=3, pretrained=path)
    rgb.init_weights()
    torch.testing.assert_close(
        rgb.network.state_dict()['features.0.0.weight'], weights['features.0.0.weight']
    )
    other = ImageBackbone('torchvision.mobilenet_v2', pretrained=path)
    with pytest.raises(ValueError, match='name weights of this network'):
        other.init_weights()


def test_unknown_names_are_told(torchvision):
    with pytest.raises(ValueError, match=r'write torchvision.NAME'):
        ImageBackbone('convnext_tiny')
    with pytest.raises(ValueError, match="torchvision has no network 'none'"):
        ImageBackbone('torchvision.none')
    with pytest.raises(ValueError, match='no linear layer'):
        ImageBackbone('torchvision.squeezenet1_0')


def test_conv_stem():
    assert ConvStem(5, 6)(torch.rand(2, 5, 32, 32)).shape == (2, 6, 16, 16)
