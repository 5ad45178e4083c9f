"""Every config builds: its model, and everything it names with the arguments it gives."""

import inspect
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from vpd_mm.registry import DATASETS, METRICS

CONFIGS = Path(__file__).parents[2] / 'configs'
ALL = sorted(path for path in CONFIGS.rglob('*.py') if '_base_' not in path.parts)


def check_arguments(dataset):
    """The classes of a dataset and of those that it joins take the arguments they are given."""
    arguments = dict(dataset)
    joined = [dict(arguments, **part) for part in arguments.pop('datasets', ())]
    inspect.signature(DATASETS.get(arguments.pop('type'))).bind(
        **arguments, **(dict(datasets=joined) if joined else {})
    )
    for part in joined:
        check_arguments(part)


@pytest.mark.parametrize('path', ALL, ids=[str(path.relative_to(CONFIGS)) for path in ALL])
def test_config_builds(path, tmp_path):
    if 'convnext' in path.name:
        pytest.importorskip('torchvision')
    cfg = Config.fromfile(path)
    cfg.work_dir = str(tmp_path)
    cfg.log_level = 'ERROR'
    cfg.experiment_name = '_'.join(path.relative_to(CONFIGS).parts)
    runner = Runner.from_cfg(cfg)
    assert sum(p.numel() for p in runner.model.parameters()) >= 0
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        for stage in ('train', 'val', 'test'):
            if cfg.get(f'{stage}_dataloader') is not None:
                check_arguments(cfg[f'{stage}_dataloader'].dataset)
        for stage in ('val', 'test'):
            evaluators = cfg.get(f'{stage}_evaluator') or []
            for metric in evaluators if isinstance(evaluators, list) else [evaluators]:
                METRICS.build(metric)


def test_demo_configs_shrink_the_schedule_alone():
    for path in (CONFIGS / 'demo').glob('*.py'):
        demo = Config.fromfile(path)
        base = Config.fromfile(path.parent / Config._get_base_files(str(path))[0])
        assert demo.model == base.model, path


def test_the_users_own_config_is_there():
    cfg = Config.fromfile(CONFIGS / 'vpd' / 'vpd_r18_motion_fs.py')
    assert cfg.model.backbone.depth == 18
    assert cfg.model.motion_head is not None
    assert cfg.train_dataloader.dataset.sport.type == 'FigureSkating'
