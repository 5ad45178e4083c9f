"""Workarounds for MMPose 1.3 and MMDetection 3.3, applied only where these are used.

As in :mod:`vpd_mm.compat`: one function a defect, its docstring names the defect, it changes
nothing where the defect is absent, and it can be called twice.
"""

import _codecs
import functools
import importlib
import importlib.abc
import importlib.util
import sys
import types
from pickle import UnpicklingError

import numpy as np


def prepare_for_mmpose() -> None:
    """Let MMPose and MMDetection import whatever MMCV, xtcocotools and NumPy are here."""
    provide_mmcv_operators()
    provide_xtcocotools()


class _MMCVExtensionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for the compiled operators that mmcv-lite lacks."""

    name = 'mmcv._ext'

    def find_spec(self, fullname, path=None, target=None):
        if fullname == self.name:
            return importlib.util.spec_from_loader(fullname, self)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        def compiled_operator(name: str):
            if name.startswith('__'):
                raise AttributeError(name)

            def unavailable(*args, **kwargs):
                raise ImportError(
                    f'The operator {name} needs the compiled mmcv 2.1, but mmcv-lite is '
                    'installed; choose another model, or build mmcv 2.1.0 from its source.'
                )

            return unavailable

        module.__getattr__ = compiled_operator
        module.nms = non_maximum_suppression


def provide_mmcv_operators() -> None:
    """Let MMPose 1.3 and MMDetection 3.3 import beside mmcv-lite.

    They import ``mmcv.ops`` for models that most users never build, which fails without compiled
    operators. Detectors need one of them, the suppression of overlapping boxes, which has a
    replacement here; any other operator raises once it is called. A compiled mmcv is not touched.
    """
    if importlib.util.find_spec('mmcv._ext') is not None:
        return
    sys.meta_path.append(_MMCVExtensionFinder())
    # Imported before, this module has given up on the one operator that it passes on.
    transformer = sys.modules.get('mmcv.cnn.bricks.transformer')
    if transformer is not None:
        operators = importlib.import_module('mmcv.ops.multi_scale_deform_attn')
        transformer.MultiScaleDeformableAttention = operators.MultiScaleDeformableAttention


def provide_xtcocotools() -> None:
    """Let MMPose 1.3 import where xtcocotools is missing, or built for another NumPy.

    Its wheels are for NumPy 1 and Python 3.11 at most. MMPose imports it with its datasets and
    metrics; to build and run a model, pycocotools under its name is enough. Training on
    annotations of whole bodies needs the real one, which is not touched where it imports.
    """
    try:
        importlib.import_module('xtcocotools.mask')
    except (ImportError, ValueError):  # ValueError: built for another NumPy
        if importlib.util.find_spec('pycocotools') is None:
            return
        for part in ('', '.coco', '.cocoeval', '.mask'):
            sys.modules[f'xtcocotools{part}'] = importlib.import_module(f'pycocotools{part}')


def non_maximum_suppression(bboxes, scores, iou_threshold: float, offset: int):
    """Greedy suppression of overlapping boxes, as ``mmcv.ops.nms`` calls it.

    Args:
        bboxes (torch.Tensor): Corners x1, y1, x2, y2 in pixels, of shape (N, 4).
        scores (torch.Tensor): Confidences of shape (N,).
        iou_threshold (float): A box that overlaps a better one by more than this is dropped.
        offset (int): Added to widths and heights: 1 where corners are inclusive, else 0.

    Returns:
        torch.Tensor: Indices of the kept boxes, best first.
    """
    import torch

    fast = compiled_suppression()
    if fast is not None and offset == 0:
        return fast(bboxes.float(), scores.float(), iou_threshold)
    order = scores.argsort(descending=True, stable=True)
    corners = bboxes[order].double().cpu().numpy()
    area = (corners[:, 2:] - corners[:, :2] + offset).prod(1)
    rest, kept = np.arange(len(corners)), []
    while len(rest):
        best, rest = rest[0], rest[1:]
        kept.append(best)
        low = np.maximum(corners[best, :2], corners[rest, :2])
        high = np.minimum(corners[best, 2:], corners[rest, 2:])
        overlap = (high - low + offset).clip(min=0).prod(1)
        rest = rest[overlap <= iou_threshold * (area[best] + area[rest] - overlap)]
    return order[torch.as_tensor(kept, dtype=torch.long, device=order.device)]


@functools.cache
def compiled_suppression():
    """The compiled suppression of torchvision, or None where there is none for this torch."""
    try:
        import torch
        from torchvision.ops import nms

        nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    except (ImportError, RuntimeError):  # the latter where its library is for another torch
        return None
    return nms


def admit_openmmlab_checkpoints():
    """Let PyTorch load OpenMMLab's checkpoints without admitting code.

    Beside the weights they hold NumPy arrays (of the data set's facts) and log histories, which
    PyTorch refuses by default since 2.6; MMEngine 0.10 leaves it at the default.

    Returns:
        A context manager, within which ``torch.load`` admits these and still nothing else.
    """
    import torch
    from mmengine.logging import HistoryBuffer

    core = np._core if hasattr(np, '_core') and hasattr(np._core, 'multiarray') else np.core
    admitted = [np.ndarray, np.dtype, HistoryBuffer, _codecs.encode]
    admitted += [type(np.dtype(code)) for code in '?bBhHiIlLqQefdUSO']
    for package in ('numpy.core', 'numpy._core'):  # of NumPy 1 and 2
        for name in ('_reconstruct', 'scalar'):
            admitted.append((getattr(core.multiarray, name), f'{package}.multiarray.{name}'))
    admitted.append((history_method, 'builtins.getattr'))
    return torch.serialization.safe_globals(admitted)


def history_method(owner: type, name: str):
    """A statistic of log histories, which they name as attributes of their class.

    Raises:
        UnpicklingError: Something else is asked for.
    """
    from mmengine.logging import HistoryBuffer

    if owner is not HistoryBuffer or name not in ('min', 'max', 'mean', 'current'):
        raise UnpicklingError(f'a checkpoint asks for {name!r}, which no log history has')
    return getattr(owner, name)
