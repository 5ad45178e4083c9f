"""The published student: what its settings and weights say about its networks."""

import re
from pathlib import Path

import numpy as np
import torch
from mmaction.models import ResNet

from vpd_mm.formats import FormatError

from .published_weights import (
    ConvertedModel,
    check_weights,
    read_published_settings,
    read_published_weights,
)

ENCODER = 'best_epoch.encoder.pt'
DECODER = 'best_epoch.decoder.pt'
SIZE = 128  # side of the crops, unless config.json tells otherwise

Weights = dict[str, torch.Tensor]


def convert_vpd(model_dir: str | Path) -> ConvertedModel:
    """Read a published student: its encoder and, where there is one, its motion head.

    All sizes are taken from the weights; crop size and colours from ``config.json``.

    Args:
        model_dir: Directory with ``config.json``, ``best_epoch.encoder.pt`` and perhaps
            ``best_epoch.decoder.pt``.

    Raises:
        FileNotFoundError: ``config.json`` or the encoder is missing.
        FormatError: A file is damaged, or its weights are not those of a student.
    """
    source = Path(model_dir)
    settings = read_published_settings(source)
    encoder = read_published_weights(source / ENCODER)
    backbone, head = encoder_configs(encoder, source / ENCODER)
    mean, std = colours(settings, source / 'config.json')
    model = dict(
        type='VPDEmbedder',
        data_preprocessor=dict(type='CropDataPreprocessor', mean=mean, std=std),
        backbone=backbone,
        head=head,
    )
    state_dict = {encoder_name(name, backbone['type']): value for name, value in encoder.items()}
    if has_motion(settings) and (source / DECODER).is_file():
        decoder = read_published_weights(source / DECODER)
        model['motion_head'] = decoder_config(decoder, source / DECODER)
        state_dict |= {f'motion_head.{name}': value for name, value in decoder.items()}
    config = embedding_config(model, crop_size(settings, source / 'config.json'))
    converted = ConvertedModel(source, settings, config, state_dict)
    check_weights(converted)
    return converted


def embedding_config(model: dict, size: int) -> dict:
    """Config that embeds crops, brought to so many pixels, with a student."""
    use_flow = model['backbone']['in_channels'] == 5
    return dict(
        model=model,
        test_dataloader=dict(
            batch_size=100,
            num_workers=2,
            persistent_workers=False,
            sampler=dict(type='DefaultSampler', shuffle=False),
            collate_fn=dict(type='default_collate'),
            dataset=dict(
                type='CropDataset',
                crop_dir='data/fs/crops',
                split='test',
                use_flow=use_flow,
                pipeline=[
                    dict(type='LoadCrop', size=size, use_flow=use_flow),
                    dict(type='PackCropInputs'),
                ],
                test_mode=True,
            ),
        ),
        test_evaluator=dict(type='EmbeddingWriter', out_dir='data/fs/embeddings/vpd'),
        test_cfg=dict(type='TestLoop'),
    )


def encoder_configs(weights: Weights, path: Path) -> tuple[dict, dict]:
    """Configs of the image network and of the embedding head that have these weights.

    Raises:
        FormatError: It is no student's encoder.
    """
    stem, last = weights.get('resnet.conv1.weight'), weights.get('resnet.fc.weight')
    if stem is None or stem.ndim != 4 or last is None or last.ndim != 2:
        raise FormatError(path, 'is no ResNet with an embedding layer; is it another model?')
    in_channels = stem.shape[1]
    if in_channels not in (3, 5):
        raise FormatError(path, f'takes images of {in_channels} channels, not of 3 or 5')
    head = dict(type='EmbeddingHead', in_channels=last.shape[1], embedding_dim=last.shape[0])
    blocks = count_blocks(weights)
    if not blocks:
        return dict(
            type='ConvStem',
            in_channels=in_channels,
            out_channels=stem.shape[0],
            kernel_size=stem.shape[-1],
        ), head
    bottleneck = 'resnet.layer1.0.conv3.weight' in weights
    depth = resnet_depth(blocks, bottleneck)
    if depth is None:
        raise FormatError(path, f'has {blocks} blocks a stage, as no ResNet has; is it damaged?')
    return dict(type='RGBFlowResNet', depth=depth, in_channels=in_channels), head


def decoder_config(weights: Weights, path: Path) -> dict:
    """Config of the motion head that has these weights.

    Raises:
        FormatError: It is no such head.
    """
    first, last = weights.get('layers.0.weight'), weights.get('layers.5.weight')
    if first is None or last is None or first.ndim != 2 or last.ndim != 2 or len(last) % 2:
        raise FormatError(path, 'has other layers than a motion head; is it another model?')
    return dict(
        type='MotionHead',
        embedding_dim=first.shape[1],
        target_dim=len(last) // 2,
        hidden_dim=len(first),
    )


def has_motion(settings: dict) -> bool:
    """Whether a published student learnt motion; the setting has had two names."""
    return bool(settings.get('motion', settings.get('embed_time', False)))


def crop_size(settings: dict, path: Path) -> int:
    """Side of the crops in pixels.

    Raises:
        FormatError: It is no positive whole number.
    """
    size = settings.get('img_dim', SIZE)
    if not isinstance(size, int) or size <= 0:
        raise FormatError(path, f'has {size!r} as img_dim; it is the side of the crops in pixels')
    return size


def colours(settings: dict, path: Path) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of R, G and B in 0..1.

    Raises:
        FormatError: They are missing or of another form.
    """
    try:
        mean_std = np.array(settings.get('rgb_mean_std'), np.float64)
    except (TypeError, ValueError):
        mean_std = np.zeros(0)
    if mean_std.shape != (2, 3) or not np.isfinite(mean_std).all() or (mean_std[1] <= 0).any():
        raise FormatError(
            path, 'lacks rgb_mean_std, means and deviations of R, G and B; add [[R, G, B], [...]]'
        )
    mean, std = mean_std.tolist()
    return mean, std


def count_blocks(weights: Weights) -> tuple[int, ...]:
    """Number of residual blocks of each stage; none where there is a stem alone.

    Example:
        >>> count_blocks({'resnet.layer1.0.conv1.weight': 0, 'resnet.layer1.1.conv1.weight': 0})
        (2,)
    """
    matches = (re.fullmatch(r'resnet\.layer(\d+)\.\d+\.conv1\.weight', name) for name in weights)
    stages = [int(match[1]) for match in matches if match]
    return tuple(stages.count(stage) for stage in range(1, max(stages, default=0) + 1))


def resnet_depth(blocks: tuple[int, ...], bottleneck: bool) -> int | None:
    """Depth of the ResNet that has so many blocks a stage; None where there is none."""
    for depth, (block, stages) in ResNet.arch_settings.items():
        if stages == blocks and (block.expansion > 1) == bottleneck:
            return depth
    return None


def encoder_name(name: str, backbone: str) -> str:
    """Our name of a published encoder's weight.

    Example:
        >>> encoder_name('resnet.layer2.0.downsample.1.bias', 'RGBFlowResNet')
        'backbone.layer2.0.downsample.bn.bias'
    """
    name = name.removeprefix('resnet.')
    if name.startswith('fc.'):
        return f'head.{name}'
    if backbone == 'RGBFlowResNet':
        name = name.replace('downsample.0.', 'downsample.conv.')
        name = name.replace('downsample.1.', 'downsample.bn.')
        name = re.sub(r'\bconv(\d)\.', r'conv\1.conv.', name)
        name = re.sub(r'\bbn(\d)\.', r'conv\1.bn.', name)
    return f'backbone.{name}'
