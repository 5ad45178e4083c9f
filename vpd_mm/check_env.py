"""Say what is installed, which parts of vpd_mm work with it, and how to mend those that do not.

Example: python -m vpd_mm.check_env
"""

import importlib
import shutil
import sys
import warnings
from collections.abc import Callable
from typing import NamedTuple

from vpd_mm.compat import check_mmcv, installed_version, version_tuple
from vpd_mm.compat_pose import prepare_for_mmpose

# MMPose asks for chumpy, which builds only in an environment that already has what it needs.
INSTALL_POSE = (
    "pip install 'setuptools<81' wheel && pip install --no-build-isolation chumpy && "
    "pip install 'vpd_mm[pose]'"
)
CORE = ('torch', 'mmengine', 'mmaction2', 'numpy', 'opencv-python', 'orjson', 'matplotlib')


class Finding(NamedTuple):
    """What one check found.

    Attributes:
        part (str): What was looked at.
        state (str): ``'ok'``, ``'missing'`` (an optional part that does not work) or ``'broken'``.
        detail (str): The installed version, or what is wrong.
        remedy (str): What to do about it; empty where nothing need be done.
    """

    part: str
    state: str
    detail: str
    remedy: str = ''


def check_python() -> Finding:
    version = '.'.join(map(str, sys.version_info[:3]))
    if (3, 10) <= sys.version_info[:2] <= (3, 12):
        return Finding('Python', 'ok', version)
    return Finding('Python', 'broken', f'{version} is not supported', 'use Python 3.10 to 3.12')


def check_core_package(name: str) -> Finding:
    version = installed_version(name)
    if version is None and name == 'opencv-python':
        version = installed_version('opencv-python-headless')
    if version is None:
        return Finding(name, 'broken', 'not installed', f'pip install {name}')
    return Finding(name, 'ok', version)


def check_mmcv_packages() -> Finding:
    full, lite = installed_version('mmcv'), installed_version('mmcv-lite')
    if full and lite:
        return Finding(
            'mmcv',
            'broken',
            f'mmcv {full} and mmcv-lite {lite} overwrite each other',
            "pip uninstall -y mmcv mmcv-lite && pip install 'mmcv-lite>=2.1,<2.2'",
        )
    try:
        check_mmcv()
    except ImportError as error:
        return Finding('mmcv', 'broken', *str(error).split('; run ', 1))
    return Finding('mmcv', 'ok', f'mmcv {full}' if full else f'mmcv-lite {lite}')


def check_setuptools() -> Finding:
    version = installed_version('setuptools')
    if version is None or version_tuple(version) >= (82,):
        return Finding(
            'setuptools',
            'broken',
            f'{version or "not installed"}: MMEngine needs pkg_resources, which 82 has removed',
            "pip install 'setuptools<82'",
        )
    return Finding('setuptools', 'ok', version)


def check_gpu() -> Finding:
    if installed_version('torch') is None:
        return Finding('GPU', 'missing', 'torch is not installed', 'pip install torch')
    import torch

    if torch.cuda.is_available():
        names = {torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
        return Finding('GPU', 'ok', f'{torch.cuda.device_count()} x {", ".join(sorted(names))}')
    if shutil.which('nvidia-smi') is None:
        return Finding('GPU', 'missing', 'no NVIDIA driver found; everything runs on the CPU')
    if torch.version.cuda is None:
        return Finding(
            'GPU',
            'missing',
            f'this machine has an NVIDIA driver, but torch {torch.__version__} is a CPU build',
            "install the build of torch for your driver's CUDA version",
        )
    return Finding(
        'GPU',
        'missing',
        f'torch {torch.__version__} (CUDA {torch.version.cuda}) finds no usable GPU',
        'update the NVIDIA driver, or install the build of torch for the CUDA version it supports',
    )


def check_optional(part: str, modules: dict[str, str], remedy: str) -> Finding:
    """Check an optional part by importing, of each package it needs, the module that can fail."""
    missing = [name for name in modules if installed_version(name) is None]
    if missing:
        return Finding(part, 'missing', f'not installed: {", ".join(missing)}', remedy)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            if 'mmpose' in modules:
                prepare_for_mmpose()
            for module in modules.values():
                importlib.import_module(module)
    except Exception as error:  # whatever an optional package raises is what the user must see
        return Finding(part, 'missing', f'{type(error).__name__}: {error}', remedy)
    return Finding(part, 'ok', ', '.join(f'{name} {installed_version(name)}' for name in modules))


def check_mmaction_models() -> Finding:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            from vpd_mm.registry import MODELS

            MODELS.get('ResNet')
    except Exception as error:  # an import may fail in any way; this command exists to tell it
        return Finding(
            'MMAction2 models',
            'broken',
            f'{type(error).__name__}: {error}',
            'mend what is listed above; else reinstall with `pip install vpd_mm`',
        )
    return Finding('MMAction2 models', 'ok', 'can be built from configs')


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    *(lambda name=name: check_core_package(name) for name in CORE),
    check_mmcv_packages,
    check_setuptools,
    check_mmaction_models,
    check_gpu,
    lambda: check_optional(
        'RAFT optical flow',
        {'torchvision': 'torchvision'},
        'pip install torchvision, in the version made for your torch; DIS flow needs nothing',
    ),
    lambda: check_optional(
        '2D pose extraction',
        {'mmpose': 'mmpose.apis', 'mmdet': 'mmdet.apis', 'trackers': 'trackers'},
        INSTALL_POSE,
    ),
)


def main() -> int:
    findings = [check() for check in CHECKS]
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        print(f'{finding.part:<{width}}  {finding.state:<7}  {finding.detail}')
        if finding.remedy:
            print(f'{"":<{width}}  {"":<7}  -> {finding.remedy}')
    return int(any(finding.state == 'broken' for finding in findings))


if __name__ == '__main__':
    sys.exit(main())
