"""Models in the form that the paper's authors publish: read safely, written as ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from mmengine.config import Config

from vpd_mm.formats import FormatError, atomic_path, read_json
from vpd_mm.registry import MODELS
from vpd_mm.version import __version__


@dataclass
class ConvertedModel:
    """A published model in the terms of this package.

    Attributes:
        source: The published directory.
        settings: Its config.json.
        config: A whole config that tests with the model; its ``model`` is the model's.
        state_dict: Weights of the model.
    """

    source: Path
    settings: dict
    config: dict
    state_dict: dict[str, torch.Tensor]


def read_published_settings(model_dir: str | Path) -> dict:
    """Read the ``config.json`` of a published model.

    Raises:
        FileNotFoundError: The directory holds none.
        FormatError: It is no JSON object.
    """
    path = Path(model_dir) / 'config.json'
    if not path.is_file():
        raise FileNotFoundError(
            f'{path}: there is no such file; name the directory of a published model.'
        )
    settings = read_json(path)
    if not isinstance(settings, dict):
        raise FormatError(path, 'is no JSON object; get the published file again')
    return settings


def read_published_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """Read published weights: tensors by name. A file cannot run code.

    Raises:
        FileNotFoundError: There is no such file.
        FormatError: The file is damaged or holds anything else.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'{path}: there is no such file; put the published weights beside config.json.'
        )
    try:
        weights = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # a damaged archive may raise almost anything
        reason = str(error).strip().partition('\n')[0] or type(error).__name__
        raise FormatError(
            path, f'cannot be read as plain weights ({reason}); get the published file again'
        ) from error
    if not isinstance(weights, Mapping) or not weights:
        raise FormatError(path, 'is no mapping of names to tensors; name a file of weights')
    if not all(isinstance(value, torch.Tensor) for value in weights.values()):
        raise FormatError(path, 'holds more than tensors by name; name a file of weights alone')
    return dict(weights)


def check_weights(converted: ConvertedModel) -> None:
    """Build the model and load the weights into it.

    Raises:
        FormatError: Weights are missing, left over or of another shape.
    """
    model = MODELS.build(converted.config['model'])
    try:
        model.load_state_dict(converted.state_dict, strict=True)
    except RuntimeError as error:
        reasons = ' '.join(str(error).split('\n')[1:3])
        raise FormatError(
            converted.source,
            f'its weights do not fit {type(model).__name__} ({reasons}); is it another model?',
        ) from error


def write_converted(converted: ConvertedModel, out: str | Path) -> Path:
    """Write the checkpoint and, beside it, the config that runs it from anywhere.

    Args:
        converted: The model.
        out: The checkpoint, a ``.pth`` file.

    Returns:
        The config: ``out`` with the suffix ``.py``.
    """
    out = Path(out)
    config = out.with_suffix('.py')
    runtime = dict(
        default_scope='vpd_mm',
        custom_imports=dict(imports=['vpd_mm.registry'], allow_failed_imports=False),
    )
    title = f'# Converted from the published model {converted.source.resolve().name}.\n'
    with atomic_path(config) as temporary:
        temporary.write_text(title + Config(runtime | converted.config).pretty_text)
    meta = dict(vpd_mm_version=__version__, published_settings=converted.settings)
    with atomic_path(out) as temporary:
        torch.save(dict(meta=meta, state_dict=converted.state_dict), temporary)
    return config
