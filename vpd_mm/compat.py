"""Every workaround for a defect of a package that this one builds on.

One function a defect: its docstring names the defect, it changes nothing where the defect is
absent, and it can be called twice.
"""

import atexit
import gc
import importlib
import importlib.abc
import importlib.util
import sys
import types
import warnings
from importlib import metadata

import numpy as np


def apply_workarounds() -> None:
    """Apply every workaround that this environment needs; `vpd_mm` does so when imported."""
    quiet_expected_warnings()
    restore_numpy_names()
    define_torchvision_schemas()
    provide_drn_placeholder()
    switch_off_multimodal()


def installed_version(distribution: str) -> str | None:
    """Version of an installed distribution, or None where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def version_tuple(version: str) -> tuple[int, ...]:
    """Leading numbers of a version: ``'2.13.0+cpu'`` gives ``(2, 13, 0)``."""
    numbers = []
    for part in version.split('+')[0].split('.'):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def check_mmcv() -> None:
    """Replace MMAction2's bare ``AssertionError`` for MMCV 2.2 by a sentence that helps.

    Raises:
        ImportError: MMCV is missing, or of a version that MMAction2 1.2 refuses.
    """
    version = installed_version('mmcv') or installed_version('mmcv-lite')
    if version is None:
        raise ImportError("MMCV is not installed; run `pip install 'mmcv-lite>=2.1,<2.2'`.")
    if version_tuple(version) >= (2, 2):
        raise ImportError(
            f'MMCV {version} is installed, which MMAction2 1.2 refuses; run '
            "`pip uninstall -y mmcv mmcv-lite && pip install 'mmcv-lite>=2.1,<2.2'`."
        )


def quiet_expected_warnings() -> None:
    """Silence what mmcv-lite and MMEngine 0.10 say at every start and no user can act upon.

    mmcv-lite warns of the compiled operators that it does not have, MMEngine of pkg_resources,
    which the range of setuptools that this package asks for still contains.
    """
    warnings.filterwarnings('ignore', message='Fail to import ``MultiScaleDeformableAttention``')
    warnings.filterwarnings('ignore', message='pkg_resources is deprecated')


def restore_numpy_names() -> None:
    """Restore names that MMAction2 1.2 still uses and NumPy 2 has removed."""
    for name, value in (
        ('Inf', np.inf),
        ('in1d', getattr(np, 'isin', None)),
        ('trapz', getattr(np, 'trapezoid', None)),
    ):
        if not hasattr(np, name):
            setattr(np, name, value)


def define_torchvision_schemas() -> None:
    """Let a CUDA build of torchvision import beside a CPU build of torch.

    Its compiled library does not load there, so its operators do not exist, yet importing
    torchvision registers further functions for ``torchvision::nms`` and fails. Declaring the
    schemas is enough for models and transforms; calling the operators still raises.
    """
    if 'torchvision' in sys.modules or importlib.util.find_spec('torchvision') is None:
        return
    import torch

    cuda_torchvision = not (installed_version('torchvision') or '').endswith('+cpu')
    if torch.version.cuda is not None or not cuda_torchvision:
        return
    if hasattr(torch.ops.torchvision, 'nms'):
        return
    library = torch.library.Library('torchvision', 'DEF')
    library.define('nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
    library.define('qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor')
    define_torchvision_schemas.library = library  # the schemas live as long as this object


class _DRNPlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the localizer modules that the MMAction2 1.2 distributions lack."""

    package = 'mmaction.models.localizers.drn'

    def find_spec(self, fullname, path=None, target=None):
        if fullname in (self.package, f'{self.package}.drn'):
            is_package = fullname == self.package
            return importlib.util.spec_from_loader(fullname, self, is_package=is_package)
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ == self.package:
            return

        class DRN:
            """Stands for the localizer that this distribution of MMAction2 does not contain."""

            def __init__(self, *args, **kwargs) -> None:
                raise ImportError(
                    'This distribution of MMAction2 lacks its DRN localizer; install MMAction2 '
                    'from its source repository to use it.'
                )

        module.DRN = DRN


def provide_drn_placeholder() -> None:
    """Make ``mmaction.models`` importable from the MMAction2 1.2 wheel (mmaction2#2714).

    The wheel and the source archive lack ``mmaction/models/localizers/drn``, which
    ``mmaction/models/localizers/__init__.py`` imports. The placeholder is asked last, so a
    complete installation is never shadowed.
    """
    if not any(isinstance(finder, _DRNPlaceholderFinder) for finder in sys.meta_path):
        sys.meta_path.append(_DRNPlaceholderFinder())


def switch_off_multimodal() -> None:
    """Keep ``mmaction.models`` importable beside transformers 5.

    MMAction2 1.2 imports names that transformers 5 has removed, as soon as any transformers is
    installed.
    """
    version = installed_version('transformers')
    if version is None or version_tuple(version) < (5,):
        return
    from mmaction.utils import dependency

    dependency.WITH_MULTIMODAL = False


def use_gloo_without_gpu(cfg) -> None:
    """Let MMEngine 0.10 run several processes on a machine without a GPU.

    Its launchers call ``torch.cuda.set_device`` and its default model wrapper names a GPU, both
    of which fail there. Starting the process group first and naming no device avoids them.

    Args:
        cfg (mmengine.Config): The run's config; ``model_wrapper_cfg`` is set where needed.
    """
    import torch
    from torch import distributed

    if cfg.get('launcher', 'none') != 'pytorch' or torch.cuda.is_available():
        return
    if not distributed.is_initialized():
        distributed.init_process_group('gloo')
        atexit.register(end_process_group)
    cfg.model_wrapper_cfg = {
        'type': 'MMDistributedDataParallel',
        'device_ids': None,
        'broadcast_buffers': False,
        'find_unused_parameters': cfg.get('find_unused_parameters', False),
    }


def end_process_group() -> None:
    """End the process group, if there is one, and its threads.

    The threads end with the last reference to the group, which a runner's model has. One that still
    releases a tensor when the interpreter leaves aborts the process.
    """
    from torch import distributed

    gc.collect()
    if distributed.is_initialized():
        distributed.destroy_process_group()
