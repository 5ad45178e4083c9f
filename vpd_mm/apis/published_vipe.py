"""The published teacher: what its weights say about its networks."""

import re
from collections.abc import Iterable
from pathlib import Path

import torch

from vpd_mm.formats import FormatError

from .published_weights import (
    ConvertedModel,
    check_weights,
    read_published_settings,
    read_published_weights,
)

ENCODER = 'best_epoch.encoder.pt'
DECODER = 'best_epoch.decoder-3d.pt'
POSE_SIZES = {39: '13 joints', 75: '13 joints and 12 limbs'}
BONE_FEATURES = 7  # what a decoder predicts of a bone, unless config.json tells otherwise

Weights = dict[str, torch.Tensor]


def convert_vipe(model_dir: str | Path) -> ConvertedModel:
    """Read a published teacher: its encoder and, where there is one, its lifting decoder.

    All sizes are taken from the weights. A lifting head has the name that its data set has in
    the decoder.

    Args:
        model_dir: Directory with ``config.json``, ``best_epoch.encoder.pt`` and perhaps
            ``best_epoch.decoder-3d.pt``.

    Raises:
        FileNotFoundError: ``config.json`` or the encoder is missing.
        FormatError: A file is damaged, or its weights are not those of a teacher.
    """
    source = Path(model_dir)
    settings = read_published_settings(source)
    encoder = read_published_weights(source / ENCODER)
    model = dict(type='VIPEEmbedder', backbone=encoder_config(encoder, source / ENCODER))
    state_dict = {f'backbone.{name}': value for name, value in encoder.items()}
    if (source / DECODER).is_file():
        decoder = read_published_weights(source / DECODER)
        model['head'] = decoder_config(decoder, bone_features(settings), source / DECODER)
        state_dict |= {f'head.{head_name(name)}': value for name, value in decoder.items()}
    converted = ConvertedModel(source, settings, embedding_config(model), state_dict)
    check_weights(converted)
    return converted


def embedding_config(model: dict) -> dict:
    """Config that embeds pose directories with a teacher."""
    return dict(
        model=model,
        test_dataloader=dict(
            batch_size=16,
            num_workers=2,
            persistent_workers=False,
            sampler=dict(type='DefaultSampler', shuffle=False),
            dataset=dict(
                type='PoseSequenceDataset',
                pose_dir='data/fs/pose',
                bones=model['backbone']['in_channels'] == 75,
            ),
        ),
        test_evaluator=dict(type='EmbeddingWriter', out_dir='data/fs/embeddings/vipe'),
        test_cfg=dict(type='TestLoop'),
    )


def encoder_config(weights: Weights, path: Path) -> dict:
    """Config of the encoder that has these weights.

    Raises:
        FormatError: It is no teacher's encoder.
    """
    matrices = linear_layers(weights, 'layers')
    blocks = count_blocks(weights, 'layers')
    if len(matrices) != 2 or not blocks:
        raise FormatError(path, "has other layers than a teacher's encoder; is it another model's?")
    hidden, size = matrices[0].shape
    if size not in POSE_SIZES:
        sizes = ' or '.join(f'{count} ({what})' for count, what in POSE_SIZES.items())
        raise FormatError(path, f'takes poses of {size} numbers, not {sizes}; is it another model?')
    return dict(
        type='ResidualMLP',
        in_channels=size,
        out_channels=len(matrices[1]),
        hidden_channels=hidden,
        num_blocks=blocks,
    )


def decoder_config(weights: Weights, features: int, path: Path) -> dict:
    """Config of the lifting head that has these weights and predicts so many features of a bone.

    Raises:
        FormatError: It is no such decoder.
    """
    residual = any(name.startswith('fc_res.') for name in weights)
    trunk = 'fc_res.layers' if residual else 'fcn.layers'
    matrices = linear_layers(weights, trunk)
    outputs = {
        match[1]: value.numel()
        for name, value in weights.items()
        if (match := re.fullmatch(r'fc_([^.]+)\.bias', name))
    }
    if not matrices or not outputs or any(count % features for count in outputs.values()):
        raise FormatError(
            path, f'has other layers than a decoder of {features} numbers a bone; is it damaged?'
        )
    hidden, embedding_dim = matrices[0].shape
    return dict(
        type='PoseLiftingHead',
        num_bones={name: count // features for name, count in outputs.items()},
        embedding_dim=embedding_dim,
        hidden_channels=hidden,
        num_layers=count_blocks(weights, trunk) if residual else len(matrices),
        residual=residual,
        bone_features=features,
    )


def head_name(name: str) -> str:
    """Our name of a published decoder's weight.

    Example:
        >>> head_name('fcn.layers.0.bias'), head_name('fc_human36m.weight')
        ('layers.0.bias', 'fc.human36m.weight')
    """
    trunk, _, rest = name.partition('.')
    return rest if trunk in ('fcn', 'fc_res') else name.replace('fc_', 'fc.', 1)


def bone_features(settings: dict) -> int:
    """Numbers that a decoder predicts of a bone: 7, or 4 without root directions."""
    shapes = [row.get('3d_pose_shape') for row in _datasets(settings)]
    return next((shape[1] for shape in shapes if shape), BONE_FEATURES)


def dataset_names(settings: dict) -> list[str]:
    """Names of the data sets that trained a published teacher."""
    return [row['name'] for row in _datasets(settings) if 'name' in row]


def linear_layers(weights: Weights, prefix: str) -> list[torch.Tensor]:
    """Matrices of the linear layers that stand outside of residual blocks, first to last."""
    matches = _numbered(weights, rf'{prefix}\.(\d+)\.weight')
    return [weights[name] for _, name in sorted(matches) if weights[name].ndim == 2]


def count_blocks(weights: Weights, prefix: str) -> int:
    """Number of residual blocks."""
    return len(_numbered(weights, rf'{prefix}\.(\d+)\.block\.0\.weight'))


def _numbered(names: Iterable[str], pattern: str) -> list[tuple[int, str]]:
    return [(int(match[1]), name) for name in names if (match := re.fullmatch(pattern, name))]


def _datasets(settings: dict) -> list[dict]:
    return [row for row in settings.get('datasets') or [] if isinstance(row, dict)]
