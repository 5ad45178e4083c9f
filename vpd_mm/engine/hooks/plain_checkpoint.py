"""Checkpoints of tensors and plain values only."""

from collections import deque
from collections.abc import Mapping
from inspect import isroutine
from pathlib import Path

import numpy as np
import torch
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer

from vpd_mm.registry import HOOKS

_HISTORY = ('log_history', 'count_history', 'max_length')


def to_plain(value):
    """Turn NumPy values, log histories and special containers into tensors and plain ones.

    Functions in mappings, such as the annealing of a schedule, are left out: whoever loads the
    state has them already. Anything else is returned as it is.
    """
    if isinstance(value, HistoryBuffer):
        log, count = value.data
        return dict(zip(_HISTORY, (to_plain(log), to_plain(count), value.max_length), strict=True))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        numeric = value.dtype.kind in 'biuf'
        return torch.from_numpy(value.copy()) if numeric else to_plain(value.tolist())
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items() if not isroutine(item)}
    if isinstance(value, tuple):
        return tuple(to_plain(item) for item in value)
    if isinstance(value, (list, deque)):
        return [to_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def to_history(value):
    """Give back a log history that :func:`to_plain` has taken apart."""
    if not isinstance(value, dict) or set(value) != set(_HISTORY):
        return value
    log, count, max_length = (value[key] for key in _HISTORY)
    return HistoryBuffer(log.cpu().numpy(), count.cpu().numpy(), max_length)


@HOOKS.register_module()
class PlainCheckpointHook(Hook):
    """Let ``torch.load(..., weights_only=True)`` read the checkpoints of this package.

    MMEngine 0.10 stores its log histories as objects, which PyTorch refuses by default since 2.6.
    They are taken apart on saving and put together on loading.
    """

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Make everything but the weights plain."""
        for key in checkpoint.keys() - {'state_dict'}:
            checkpoint[key] = to_plain(checkpoint[key])

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Put the log histories together again."""
        logs = checkpoint.get('message_hub', {}).get('log_scalars')
        if logs is not None:
            for key in logs:
                logs[key] = to_history(logs[key])
