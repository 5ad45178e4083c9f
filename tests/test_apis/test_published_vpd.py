"""Published students: every ResNet is told by its weights, and what is wrong in a sentence."""

import json

import pytest
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint

from vpd_mm.apis.published_vpd import DECODER, ENCODER, convert_vpd, encoder_name, has_motion
from vpd_mm.apis.published_weights import write_converted
from vpd_mm.formats import FormatError
from vpd_mm.models.backbones import RGBFlowResNet
from vpd_mm.models.heads import EmbeddingHead, MotionHead
from vpd_mm.registry import MODELS

SETTINGS = dict(img_dim=64, motion=True, rgb_mean_std=[[0.5, 0.4, 0.3], [0.2, 0.2, 0.1]])


def published_name(name: str) -> str:
    for ours, theirs in (
        ('downsample.conv.', 'downsample.0.'),
        ('downsample.bn.', 'downsample.1.'),
        ('.conv.', '.'),
        ('conv1.bn.', 'bn1.'),
        ('conv2.bn.', 'bn2.'),
        ('conv3.bn.', 'bn3.'),
    ):
        name = name.replace(ours, theirs)
    return f'resnet.{name}'


def publish(folder, depth=18, channels=5, settings=SETTINGS, dim=8) -> tuple[dict, dict]:
    folder.mkdir(exist_ok=True)
    backbone = RGBFlowResNet(depth, in_channels=channels)
    head = EmbeddingHead(2048 if depth == 50 else 512, dim)
    weights = {published_name(name): value for name, value in backbone.state_dict().items()}
    weights |= {f'resnet.{name}': value for name, value in head.state_dict().items()}
    torch.save(weights, folder / ENCODER)
    (folder / 'config.json').write_text(json.dumps(settings))
    return backbone.state_dict(), weights


@pytest.mark.parametrize(('depth', 'channels'), [(18, 5), (34, 3), (50, 5)])
def test_resnets(tmp_path, depth, channels):
    state, weights = publish(tmp_path / 'model', depth, channels)
    assert {encoder_name(n, 'RGBFlowResNet') for n in weights if 'fc' not in n} == {
        f'backbone.{name}' for name in state
    }
    torch.save(MotionHead(8, 6, 16).state_dict(), tmp_path / 'model' / DECODER)
    config = write_converted(convert_vpd(tmp_path / 'model'), tmp_path / 'out.pth')
    cfg = Config.fromfile(config)
    assert cfg.model.backbone == dict(type='RGBFlowResNet', depth=depth, in_channels=channels)
    assert cfg.model.motion_head.target_dim == 6
    assert cfg.model.data_preprocessor.mean == [0.5, 0.4, 0.3]
    assert cfg.test_dataloader.dataset.use_flow == (channels == 5)
    assert cfg.test_dataloader.dataset.pipeline[0].size == 64
    model = MODELS.build(cfg.model)
    load_checkpoint(model, str(tmp_path / 'out.pth'), strict=True)
    for name, value in state.items():
        torch.testing.assert_close(model.backbone.state_dict()[name], value)


def test_the_motion_setting_has_two_names():
    assert has_motion(dict(motion=True)) and has_motion(dict(embed_time=True))
    assert not has_motion(dict(motion=False, embed_time=True)) and not has_motion({})


def test_without_motion_the_decoder_is_left(tmp_path):
    publish(tmp_path / 'model', settings=SETTINGS | dict(motion=False))
    torch.save(MotionHead(8).state_dict(), tmp_path / 'model' / DECODER)
    assert 'motion_head' not in convert_vpd(tmp_path / 'model').config['model']


@pytest.mark.parametrize(
    ('settings', 'sentence'),
    [
        (dict(rgb_mean_std=None), 'lacks rgb_mean_std'),
        (dict(rgb_mean_std=[[1, 2], [3]]), 'lacks rgb_mean_std'),
        (dict(img_dim='big'), "'big' as img_dim"),
    ],
)
def test_wrong_settings(tmp_path, settings, sentence):
    publish(tmp_path / 'model', settings=SETTINGS | settings)
    with pytest.raises(FormatError, match=sentence):
        convert_vpd(tmp_path / 'model')


def test_wrong_weights(tmp_path):
    _, weights = publish(tmp_path / 'model')
    path = tmp_path / 'model' / ENCODER
    cases = {
        'is no ResNet': {n: v for n, v in weights.items() if 'fc' not in n},
        r'\(2, 2, 2, 1\) blocks': {n: v for n, v in weights.items() if 'layer4.1' not in n},
        'do not fit': {n: v for n, v in weights.items() if 'layer4.1.bn2' not in n},
    }
    for sentence, wrong in cases.items():
        torch.save(wrong, path)
        with pytest.raises(FormatError, match=sentence):
            convert_vpd(tmp_path / 'model')
    torch.save(weights, path)
    torch.save(dict(a=torch.zeros(2)), tmp_path / 'model' / DECODER)
    with pytest.raises(FormatError, match='motion head'):
        convert_vpd(tmp_path / 'model')
