import pytest
from mmengine.config import Config

from vpd_mm.apis.few_shot import make_trials
from vpd_mm.apis.few_shot_config import LOADERS, set_data_root, trial_config
from vpd_mm.registry import MODELS

CONFIGS = [
    'recognition/bigru_fs.py',
    'recognition/bigru_custom.py',
    'demo/bigru_fs_demo.py',
]


@pytest.fixture(params=CONFIGS)
def cfg(request, repository):
    return Config.fromfile(repository / 'configs' / request.param)


def test_model_is_built(cfg):
    model = MODELS.build(cfg.model)
    assert sum(p.numel() for p in model.parameters()) > 400_000
    assert model.cls_head.num_classes == 6


def test_schedule(cfg):
    assert cfg.default_hooks.checkpoint.save_best == 'acc/top1'
    assert cfg.default_hooks.checkpoint.interval == -1
    if cfg.train_cfg.max_epochs == 500:
        (stop,) = cfg.custom_hooks
        third = cfg.train_cfg.max_epochs / 3
        assert stop.patience * cfg.train_cfg.val_interval == pytest.approx(third, abs=2)
    else:  # the demo's thirty epochs are too few to stop early
        assert cfg.train_cfg.max_epochs == 30
        assert cfg.custom_hooks == []


@pytest.mark.parametrize('sport', ['fs', 'tennis', 'fx', 'diving48', 'penn', 'custom'])
def test_fast_recipe(repository, sport):
    folder = repository / 'configs' / 'recognition'
    fast = Config.fromfile(folder / f'bigru_fast_{sport}.py')
    published = Config.fromfile(folder / f'bigru_{sport}.py')
    assert fast.train_cfg.max_epochs == 100
    assert fast.val_cfg.fp16 and fast.optim_wrapper.type == 'AmpOptimWrapper'
    assert [scheduler.type for scheduler in fast.param_scheduler] == ['OneCycleLR']
    assert fast.custom_hooks == []
    for name in ('model', *LOADERS):
        assert fast[name] == published[name]


def test_trials_set_all_dataloaders(cfg):
    set_data_root(cfg, 'elsewhere')
    trial = make_trials(['emb/vipe'], [4], 2, 'work')[1]
    changed = trial_config(cfg, trial)
    for name in LOADERS:
        assert changed[name].dataset.embedding_dir == 'emb/vipe'
        assert changed[name].dataset.sport.data_root == 'elsewhere'
    splits = [changed[name].dataset.split for name in LOADERS]
    assert splits == ['train_4_1', 'val', 'test']
    assert changed.randomness.seed == 1
    assert trial_config(cfg, trial).experiment_name != changed.experiment_name
    assert cfg.train_dataloader.dataset.split == 'train'
