"""Each workaround is applied where its defect is present, and only there."""

import importlib
import subprocess
import sys
import types

import numpy as np
import pytest
import torch

from vpd_mm import compat


def run_python(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', code], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ('version', 'numbers'),
    [('2.13.0+cpu', (2, 13, 0)), ('80.10.2', (80, 10, 2)), ('2.2.0rc1', (2, 2)), ('4', (4,))],
)
def test_version_tuple(version, numbers):
    assert compat.version_tuple(version) == numbers


def test_installed_version_of_absent_package():
    assert compat.installed_version('no-such-distribution') is None


@pytest.mark.parametrize(
    ('installed', 'sentence'),
    [({}, 'MMCV is not installed'), ({'mmcv': '2.2.0'}, 'MMCV 2.2.0 is installed, which')],
)
def test_unfit_mmcv_is_one_sentence(monkeypatch, installed, sentence):
    monkeypatch.setattr(compat, 'installed_version', installed.get)
    with pytest.raises(ImportError, match=sentence):
        compat.check_mmcv()


def test_fit_mmcv_passes(monkeypatch):
    monkeypatch.setattr(compat, 'installed_version', {'mmcv-lite': '2.1.0'}.get)
    compat.check_mmcv()


def test_numpy_names_are_restored_and_kept(monkeypatch):
    monkeypatch.delattr(np, 'Inf', raising=False)
    monkeypatch.setattr(np, 'in1d', 'kept', raising=False)
    compat.restore_numpy_names()
    assert np.Inf == np.inf  # noqa: NPY201
    assert np.in1d == 'kept'  # noqa: NPY201


def test_torchvision_schemas_are_left_alone_beside_cuda_torch(monkeypatch):
    monkeypatch.setattr(torch.version, 'cuda', '13.0')
    monkeypatch.delitem(sys.modules, 'torchvision', raising=False)
    monkeypatch.setattr(torch.library, 'Library', None)
    compat.define_torchvision_schemas()


def test_torchvision_imports():
    pytest.importorskip('torchvision')
    result = run_python('import vpd_mm, torchvision; torchvision.models.resnet18()')
    assert result.returncode == 0, result.stderr


def test_mmaction_models_import():
    from mmaction.models.localizers import DRN

    from vpd_mm.registry import MODELS

    assert MODELS.get('ResNet').__module__.startswith('mmaction')
    with pytest.raises(ImportError, match='DRN localizer'):
        DRN()


def test_drn_placeholder_is_asked_last_and_once():
    compat.provide_drn_placeholder()
    finders = [f for f in sys.meta_path if isinstance(f, compat._DRNPlaceholderFinder)]
    assert len(finders) == 1
    assert sys.meta_path[-1] is finders[0] or finders[0].find_spec('vpd_mm') is None


@pytest.mark.parametrize(('version', 'kept'), [('4.57.1', True), ('5.0.0', False)])
def test_multimodal_is_switched_off_beside_transformers_5(monkeypatch, version, kept):
    dependency = importlib.import_module('mmaction.utils.dependency')
    monkeypatch.setattr(dependency, 'WITH_MULTIMODAL', True)
    monkeypatch.setattr(compat, 'installed_version', {'transformers': version}.get)
    compat.switch_off_multimodal()
    assert dependency.WITH_MULTIMODAL is kept


def test_gloo_is_left_alone_outside_a_launcher():
    cfg = types.SimpleNamespace(
        get=lambda key, default=None: {'launcher': 'none'}.get(key, default)
    )
    compat.use_gloo_without_gpu(cfg)
    assert not hasattr(cfg, 'model_wrapper_cfg')
    assert not torch.distributed.is_initialized()


THREADS_AT_THE_END_OF_A_RUN = """
import atexit, os, torch
from pathlib import Path
from types import SimpleNamespace
from mmengine import Config
from mmengine.model import MMDistributedDataParallel
import vpd_mm.registry
from vpd_mm.compat import use_gloo_without_gpu

def names():
    print(*(path.read_text().strip() for path in Path('/proc/self/task').glob('*/comm')))

os.environ.update(MASTER_ADDR='127.0.0.1', MASTER_PORT='0', RANK='0', WORLD_SIZE='1')
atexit.register(names)
use_gloo_without_gpu(Config(dict(launcher='pytorch')))
runner = SimpleNamespace(model=MMDistributedDataParallel(torch.nn.Linear(2, 2), device_ids=None))
runner.hooks = [runner]
del runner
names()
"""


@pytest.mark.skipif(torch.cuda.is_available(), reason='for machines without a GPU')
@pytest.mark.skipif(sys.platform != 'linux', reason='reads the names of threads from /proc')
def test_gloo_ends_before_the_process():
    """Its threads else let go of tensors while the interpreter leaves, which aborts the process."""
    result = run_python(THREADS_AT_THE_END_OF_A_RUN)
    running, ended = result.stdout.splitlines()
    assert 'gloo' in running and 'gloo' not in ended, result.stderr


def test_importing_the_package_imports_no_optional_package():
    result = run_python(
        'import sys, vpd_mm, vpd_mm.registry; '
        "print([m for m in ('mmpose', 'mmdet', 'torchvision') if m in sys.modules])"
    )
    assert result.stdout.strip() == '[]', result.stderr
