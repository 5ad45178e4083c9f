"""The students' configs say what the paper does, for each sport."""

import json
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

CONFIGS = Path(__file__).parents[2] / 'configs' / 'vpd'
SPORTS = dict(
    fs='FigureSkating',
    fx='FineGymFloor',
    tennis='Tennis',
    diving48='Diving48',
    penn='PennAction',
    custom='CustomSport',
)


def read(name: str) -> Config:
    return Config.fromfile(CONFIGS / f'{name}.py')


@pytest.mark.parametrize('depth', [18, 34])
@pytest.mark.parametrize('sport', SPORTS)
def test_sport(sport, depth):
    cfg = read(f'vpd_r{depth}_motion_{sport}')
    root = 'data/my_sport' if sport == 'custom' else f'data/{sport}'
    assert cfg.model.backbone.depth == depth and cfg.model.backbone.in_channels == 5
    assert cfg.test_evaluator.out_dir == f'{root}/embeddings/vpd_r{depth}_motion'
    for stage in ('train', 'val', 'test'):
        dataset = cfg[f'{stage}_dataloader'].dataset
        assert dataset.split == stage
        assert dataset.crop_dir == f'{root}/crops'
        assert dataset.sport == dict(type=SPORTS[sport], data_root=root)
        if stage != 'test':
            assert dataset.embedding_dir == f'{root}/embeddings/vipe'
            assert (dataset.protocol, dataset.min_score, dataset.motion) == ('clean', 0.5, True)


@pytest.mark.parametrize('sport', SPORTS)
def test_colours(sport, golden_dir):
    facts = json.loads((golden_dir / 'facts.json').read_text())['07_student']['rgb_mean_std']
    colours = read(f'vpd_r34_motion_{sport}').model.data_preprocessor
    expected = facts['resnet' if sport == 'custom' else sport]
    np.testing.assert_allclose([colours.mean, colours.std], expected, atol=5.1e-5)


@pytest.mark.parametrize('name', ['vpd_r18_fs', 'vpd_r18_rgb_fs', 'vpd_r18_rgb_motion_fs'])
def test_what_the_student_sees_and_learns(name):
    cfg = read(name)
    flow, motion = 'rgb' not in name, 'motion' in name
    assert cfg.model.backbone.in_channels == (5 if flow else 3)
    assert (cfg.model.motion_head is not None) == motion
    for stage in ('train', 'val', 'test'):
        dataset = cfg[f'{stage}_dataloader'].dataset
        assert dataset.pipeline[0].use_flow == dataset.get('use_flow', True) == flow
        assert stage == 'test' or dataset.motion == motion


def test_two_dimensional_teacher():
    cfg = read('vpd_r34_motion_fs_pose2d')
    assert cfg.model.head.embedding_dim == cfg.model.motion_head.embedding_dim == 26
    assert cfg.train_dataloader.dataset.embedding_dir == 'data/fs/embeddings/pose2d'
    assert cfg.val_dataloader.dataset.embedding_dir == 'data/fs/embeddings/pose2d'


@pytest.mark.parametrize('name', ['vpd_r18_motion_fast_fs', 'vpd_r18_motion_fast_custom'])
def test_fast_recipe(name):
    fast, published = read(name), read(name.replace('_fast', ''))
    assert fast.train_cfg.max_iters * 10 == published.train_cfg.max_iters
    (schedule,) = fast.param_scheduler
    assert schedule.total_steps == fast.train_cfg.max_iters
    assert fast.optim_wrapper.optimizer.eps == published.optim_wrapper.optimizer.eps
    assert fast.train_dataloader == published.train_dataloader
