import sys

import pytest
import torch

from vpd_mm import check_env


def with_versions(monkeypatch, **versions):
    versions = {name.replace('_', '-'): version for name, version in versions.items()}
    for module in (check_env, check_env.sys.modules['vpd_mm.compat']):
        monkeypatch.setattr(module, 'installed_version', versions.get)


def test_this_environment_is_fit(capsys):
    assert check_env.main() == 0
    output = capsys.readouterr().out
    assert 'MMAction2 models' in output
    assert 'broken' not in output


@pytest.mark.parametrize('version', [(3, 9, 1), (3, 13, 0)])
def test_unsupported_python(monkeypatch, version):
    monkeypatch.setattr(sys, 'version_info', version)
    assert check_env.check_python().state == 'broken'


def test_mmcv_2_2(monkeypatch):
    with_versions(monkeypatch, mmcv='2.2.0')
    finding = check_env.check_mmcv_packages()
    assert finding.state == 'broken'
    assert 'MMCV 2.2.0' in finding.detail
    assert 'mmcv-lite>=2.1,<2.2' in finding.remedy


def test_both_mmcv_packages(monkeypatch):
    with_versions(monkeypatch, mmcv='2.1.0', mmcv_lite='2.1.0')
    finding = check_env.check_mmcv_packages()
    assert (finding.state, 'overwrite each other' in finding.detail) == ('broken', True)


@pytest.mark.parametrize(
    ('version', 'state'), [('82.0', 'broken'), ('80.10.2', 'ok'), (None, 'broken')]
)
def test_setuptools(monkeypatch, version, state):
    with_versions(monkeypatch, setuptools=version)
    assert check_env.check_setuptools().state == state


def test_missing_core_package_is_broken(monkeypatch):
    with_versions(monkeypatch)
    finding = check_env.check_core_package('mmengine')
    assert (finding.state, finding.remedy) == ('broken', 'pip install mmengine')


def test_no_torchvision(monkeypatch):
    with_versions(monkeypatch)
    finding = check_env.check_optional(
        'RAFT optical flow', {'torchvision': 'torchvision'}, 'install it'
    )
    assert finding == ('RAFT optical flow', 'missing', 'not installed: torchvision', 'install it')


def test_optional_package_that_fails_to_import(monkeypatch):
    with_versions(monkeypatch, broken_package='1.0')
    finding = check_env.check_optional('a part', {'broken-package': 'broken_package'}, 'mend it')
    assert finding.state == 'missing'
    assert finding.detail.startswith('ModuleNotFoundError')


def test_cpu_torch_beside_a_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    monkeypatch.setattr(torch.version, 'cuda', None)
    monkeypatch.setattr(check_env.shutil, 'which', lambda name: '/usr/bin/nvidia-smi')
    finding = check_env.check_gpu()
    assert finding.state == 'missing'
    assert 'CPU build' in finding.detail
    assert 'CUDA' in finding.remedy


def test_torch_of_another_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    monkeypatch.setattr(torch.version, 'cuda', '13.0')
    monkeypatch.setattr(check_env.shutil, 'which', lambda name: '/usr/bin/nvidia-smi')
    assert 'finds no usable GPU' in check_env.check_gpu().detail
