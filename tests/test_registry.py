"""Names of MMAction2's and MMEngine's components are found under this package's scope."""

import textwrap

import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope

from vpd_mm.registry import (
    DATASETS,
    HOOKS,
    LOOPS,
    METRICS,
    MODELS,
    OPTIMIZERS,
    TRANSFORMS,
    VISUALIZERS,
)


@pytest.mark.parametrize(
    ('registry', 'name'),
    [
        (MODELS, 'ResNet'),
        (MODELS, 'mmaction.ResNet'),
        (METRICS, 'AccMetric'),
        (DATASETS, 'PoseDataset'),
        (TRANSFORMS, 'OpenCVDecode'),
        (HOOKS, 'CheckpointHook'),
        (VISUALIZERS, 'ActionVisualizer'),
        (LOOPS, 'MultiLoaderEpochBasedTrainLoop'),
        (OPTIMIZERS, 'AdamW'),
    ],
)
def test_parents_are_searched_by_bare_name(registry, name):
    assert registry.get(name) is not None


def test_root_registry_builds_ours_by_default_scope():
    from mmengine.registry import MODELS as ROOT

    with DefaultScope.overwrite_default_scope('vpd_mm'):
        head = ROOT.build(dict(type='EmbeddingHead', in_channels=8, embedding_dim=4))
    assert type(head).__module__.startswith('vpd_mm')


def test_config_extends_mmaction(tmp_path):
    config = tmp_path / 'extends.py'
    config.write_text("_base_ = 'mmaction::_base_/default_runtime.py'\ndefault_scope = 'vpd_mm'\n")
    assert Config.fromfile(config).default_hooks.checkpoint.type == 'CheckpointHook'


def test_users_extend_by_custom_imports(tmp_path, monkeypatch):
    (tmp_path / 'users_backbone.py').write_text(
        textwrap.dedent("""
        from torch import nn
        from vpd_mm.registry import MODELS

        @MODELS.register_module()
        class UsersBackbone(nn.Identity):
            pass
        """)
    )
    config = tmp_path / 'config.py'
    config.write_text(
        "default_scope = 'vpd_mm'\ncustom_imports = dict(imports=['users_backbone'])\n"
        "backbone = dict(type='UsersBackbone')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    cfg = Config.fromfile(config)
    assert type(MODELS.build(cfg.backbone)).__name__ == 'UsersBackbone'
