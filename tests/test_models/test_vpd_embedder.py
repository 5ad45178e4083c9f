"""The student model: shapes, modes, stem inflation, memory format, mixed precision."""

import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope
from torch import nn

from vpd_mm.engine.optimizers import AmpOptimWrapper
from vpd_mm.models.backbones import RGBFlowResNet
from vpd_mm.models.embedders import VPDEmbedder


def build(motion: bool = True, depth: int = 18, channels: int = 5) -> VPDEmbedder:
    torch.manual_seed(0)
    model = VPDEmbedder(
        backbone=dict(type='RGBFlowResNet', depth=depth, in_channels=channels),
        head=dict(type='EmbeddingHead', in_channels=2048 if depth == 50 else 512, embedding_dim=8),
        motion_head=dict(type='MotionHead', embedding_dim=8) if motion else None,
        data_preprocessor=dict(type='CropDataPreprocessor', mean=(0.5,) * 3, std=(0.2,) * 3),
    )
    model.init_weights()
    return model


def batch(count: int = 4, dim: int = 16, channels: int = 6) -> dict:
    generator = torch.Generator().manual_seed(0)
    samples = [ActionDataSample() for _ in range(count)]
    for number, sample in enumerate(samples):
        rows = np.random.default_rng(number).normal(size=(2, dim)).astype(np.float32)
        sample.set_data(dict(gt_embedding=rows))
    images = torch.randint(0, 256, (count, channels, 32, 32), generator=generator)
    return dict(inputs=list(images.byte()), data_samples=samples)


@pytest.mark.parametrize('depth', [18, 34, 50])
def test_embedding_shape(depth):
    out = build(depth=depth).eval()(torch.zeros(2, 2, 5, 32, 32))
    assert out.shape == (2, 2, 8)


def test_rgb_only():
    model = build(channels=3).eval()
    samples = model.test_step(batch(channels=4))
    assert samples[0].pred_embedding.shape == (1, 2, 8)


def test_loss_is_squared_error_of_an_image():
    model = build().eval()
    data = model.data_preprocessor(batch())
    loss = model(**data, mode='loss')['loss']
    embedding = model(data['inputs'])[:, 0]
    target = torch.stack([sample.gt_embedding for sample in data['data_samples']])
    expected = (model.motion_head(embedding) - target).square().sum() / 4
    torch.testing.assert_close(loss, expected)


def test_validation_gives_what_the_metric_needs():
    model = build().eval()
    sample = model.val_step(batch())[1]
    assert sample.pred_embedding.shape == (1, 1, 8)
    assert sample.pred_target.shape == sample.gt_embedding.shape == (16,)
    torch.testing.assert_close(sample.pred_target, model.motion_head(sample.pred_embedding[0, 0]))


def test_test_gives_both_views():
    sample = build().eval().test_step(batch())[0]
    assert sample.pred_embedding.shape == (1, 2, 8)
    views = sample.pred_embedding[0]
    assert not torch.allclose(views[0], views[1])


def test_wrong_target_size_is_one_clear_sentence():
    model = build(motion=False)
    data = model.data_preprocessor(batch(dim=16))
    with pytest.raises(ValueError, match=r'predicts 8 values and the targets have 16.*motion'):
        model(**data, mode='loss')
    with pytest.raises(ValueError, match="mode is 'guess'"):
        model(**data, mode='guess')


def test_pretrained_stem_is_the_mean_over_rgb(tmp_path):
    source = RGBFlowResNet(18, in_channels=3)
    weights = {
        name.replace('downsample.conv', 'downsample.0')
        .replace('downsample.bn', 'downsample.1')
        .replace('.conv.', '.')
        .replace('conv1.bn', 'bn1')
        .replace('conv2.bn', 'bn2'): value
        for name, value in source.state_dict().items()
    }
    torch.save(weights, tmp_path / 'resnet18.pth')
    model = RGBFlowResNet(18, pretrained=str(tmp_path / 'resnet18.pth'))
    model.init_weights()
    expected = weights['conv1.weight'].mean(1, keepdim=True).expand(-1, 5, -1, -1)
    torch.testing.assert_close(model.conv1.conv.weight, expected)
    mine, theirs = model.state_dict(), source.state_dict()
    torch.testing.assert_close(
        mine['layer3.0.conv1.conv.weight'], theirs['layer3.0.conv1.conv.weight']
    )
    rgb = RGBFlowResNet(18, in_channels=3, pretrained=str(tmp_path / 'resnet18.pth'))
    rgb.init_weights()
    torch.testing.assert_close(rgb.conv1.conv.weight, weights['conv1.weight'])


def test_channels_last():
    model = build()
    weight = model.backbone.layer2[0].conv1.conv.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    seen = []
    model.backbone.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    model(torch.zeros(2, 1, 5, 32, 32))
    assert seen[0].is_contiguous(memory_format=torch.channels_last)


def test_mixed_precision_trains_on_the_cpu():
    init_default_scope('vpd_mm')
    model = build()
    wrapper = build_optim_wrapper(
        model, dict(type='AmpOptimWrapper', optimizer=dict(type='AdamW', lr=1e-3))
    )
    assert type(wrapper) is AmpOptimWrapper
    seen = []
    model.backbone.register_forward_hook(lambda *args: seen.append(args[-1].dtype))
    before = model.head.fc.weight.detach().clone()
    loss = model.train_step(batch(), wrapper)['loss']
    assert loss.dtype == torch.float32 and loss.isfinite()
    assert not torch.equal(model.head.fc.weight, before)
    if not torch.cuda.is_available():
        assert seen[0] == torch.bfloat16
    state = wrapper.state_dict()
    wrapper.load_state_dict(state)
    wrapper.load_state_dict({**wrapper.state_dict(), 'loss_scaler': {}})


def test_loss_of_an_image_takes_the_steps_of_the_summed_loss():
    def train(scale: float, eps: float):
        torch.manual_seed(1)
        layer = nn.Linear(3, 2)
        optimizer = torch.optim.AdamW(layer.parameters(), lr=5e-2, eps=eps)
        inputs, target = torch.randn(100, 3), torch.randn(100, 2)
        for _ in range(20):
            optimizer.zero_grad()
            ((layer(inputs) - target).square().sum() * scale).backward()
            optimizer.step()
        return layer.weight.detach()

    torch.testing.assert_close(train(1.0, 1e-8), train(0.01, 1e-10))
