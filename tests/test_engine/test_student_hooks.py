"""A killed and resumed run equals one that ran through, and its checkpoints are plain."""

from collections import OrderedDict, deque
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.logging import HistoryBuffer, MessageHub
from mmengine.model import BaseModel
from mmengine.optim import OneCycleLR
from mmengine.runner import Runner
from torch import nn
from torch.optim import SGD
from torch.utils.data import Dataset

from vpd_mm.engine.hooks import MovingAverageHook, PlainCheckpointHook
from vpd_mm.engine.hooks.plain_checkpoint import to_history, to_plain
from vpd_mm.registry import DATASETS, HOOKS, METRICS, MODELS


class Numbers(Dataset):
    read: list = []

    def __init__(self):
        self.data = torch.randn(37, 4, generator=torch.Generator().manual_seed(0))

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        Numbers.read.append(index)
        return dict(inputs=self.data[index])


class Tiny(BaseModel):
    """Its dropout and noise make every iteration depend on the random state."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 4))

    def forward(self, inputs, mode='tensor'):
        inputs = torch.stack(list(inputs))
        if mode == 'loss':
            noisy = inputs + 0.1 * torch.randn_like(inputs)
            shift = np.random.rand()  # noqa: NPY002
            return dict(loss=(self.layers(noisy) - inputs + shift).square().mean())
        return [dict(error=row.square().sum()) for row in self.layers(inputs) - inputs]


class MeanError(BaseMetric):
    default_prefix = 'tiny'

    def process(self, data_batch, data_samples):
        self.results += [float(sample['error']) for sample in data_samples]

    def compute_metrics(self, results):
        return dict(loss=np.float64(np.mean(results)))


class Stop(Exception):
    """Stands for a killed process."""


class StopHook(Hook):
    def __init__(self, at: int):
        self.at = at

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == self.at:
            raise Stop


PARTS = ((DATASETS, Numbers), (MODELS, Tiny), (METRICS, MeanError), (HOOKS, StopHook))


@pytest.fixture(autouse=True)
def tiny_parts():
    for registry, part in PARTS:
        registry.register_module(module=part, force=True)
    yield
    for registry, part in PARTS:
        registry.module_dict.pop(part.__name__)


def run(work_dir: Path, stop_at: int | None = None, resume: bool = False, workers: int = 0):
    hooks = [dict(type='MovingAverageHook', key='tiny/loss', window=3), dict(type='FastResumeHook')]
    if stop_at is not None:
        hooks.append(dict(type='StopHook', at=stop_at))
    loader = dict(
        batch_size=5,
        num_workers=workers,
        persistent_workers=workers > 0,
        dataset=dict(type='Numbers'),
    )
    runner = Runner(
        model=dict(type='Tiny'),
        work_dir=str(work_dir),
        train_dataloader=dict(**loader, sampler=dict(type='InfiniteSampler', shuffle=True)),
        val_dataloader=dict(**loader, sampler=dict(type='DefaultSampler', shuffle=False)),
        val_evaluator=dict(type='MeanError'),
        train_cfg=dict(type='IterBasedTrainLoop', max_iters=24, val_interval=4),
        val_cfg=dict(),
        optim_wrapper=dict(type='AmpOptimWrapper', optimizer=dict(type='AdamW', lr=1e-2)),
        param_scheduler=[dict(type='LinearLR', start_factor=0.1, end=24, by_epoch=False)],
        default_hooks=dict(
            checkpoint=dict(
                type='CheckpointHook',
                by_epoch=False,
                interval=8,
                save_best='tiny/loss_average',
                rule='less',
            ),
            iteration_seed=dict(type='IterationSeedHook'),
            plain_checkpoint=dict(type='PlainCheckpointHook'),
        ),
        custom_hooks=hooks,
        log_processor=dict(by_epoch=False),
        randomness=dict(seed=3),
        default_scope='vpd_mm',
        experiment_name=f'{work_dir.name}_{stop_at}_{resume}_{work_dir.parent.name}',
        resume=resume,
        log_level='ERROR',
    )
    runner.train()
    return runner


@pytest.mark.parametrize('workers', [0, 1])
def test_resumed_run_equals_uninterrupted(tmp_path, workers):
    whole = run(tmp_path / 'whole', workers=workers)
    with pytest.raises(Stop):
        run(tmp_path / 'parts', stop_at=18, workers=workers)
    Numbers.read.clear()
    resumed = run(tmp_path / 'parts', resume=True, workers=workers)
    if not workers:
        # 8 iterations and two validations, without what was trained on before
        assert len(Numbers.read) == 8 * 5 + 2 * 37
    expected, given = whole.model.state_dict(), resumed.model.state_dict()
    for key in expected:
        torch.testing.assert_close(given[key], expected[key], rtol=0, atol=0)
    for runner in (whole, resumed):
        assert runner.iter == 24
    info = 'history of tiny/loss'
    history = whole.message_hub.get_info(info)
    assert history['iter'] == [16, 20, 24]
    assert resumed.message_hub.get_info(info) == history
    assert whole.message_hub.get_info('best_score') == resumed.message_hub.get_info('best_score')
    logs = [r.message_hub.get_scalar('train/loss').data[0] for r in (whole, resumed)]
    assert len(logs[0]) == len(logs[1]) == 24
    np.testing.assert_array_equal(*logs)


def test_checkpoint_loads_with_weights_only(tmp_path):
    run(tmp_path / 'plain')
    paths = sorted((tmp_path / 'plain').glob('*.pth'))
    assert len(paths) >= 4
    for path in paths:
        checkpoint = torch.load(path, weights_only=True)
        assert {'meta', 'state_dict', 'message_hub'} <= set(checkpoint)


def test_functions_of_a_schedule_are_left_out():
    parameter = torch.nn.Parameter(torch.zeros(1))
    build = partial(
        OneCycleLR, SGD([parameter], lr=0.1), eta_max=1.0, total_steps=4, by_epoch=False
    )
    plain = to_plain(build().state_dict())
    assert not any(callable(value) for value in plain.values())
    restored = build()
    restored.load_state_dict(plain)
    assert restored.state_dict().keys() == build().state_dict().keys()


def test_to_plain():
    buffer = HistoryBuffer([1.0, 2.0], [1, 1], 10)
    plain = to_plain(
        OrderedDict(
            a=np.float32(2),
            b=np.arange(3),
            c=deque([Path('x')], 2),
            d=(np.int64(1), 'text'),
            e=np.array(['u', 'v']),
            f=buffer,
        )
    )
    assert type(plain) is dict and type(plain['a']) is float
    assert plain['b'].tolist() == [0, 1, 2] and isinstance(plain['b'], torch.Tensor)
    assert plain['c'] == ['x'] and plain['d'] == (1, 'text') and plain['e'] == ['u', 'v']
    again = to_history(plain['f'])
    assert again.mean() == 1.5 and again.max_length == 10
    assert to_history(dict(other=1)) == dict(other=1)


def test_weights_without_message_hub_load():
    checkpoint = dict(state_dict={})
    PlainCheckpointHook().after_load_checkpoint(None, checkpoint)
    assert checkpoint == dict(state_dict={})


@pytest.mark.parametrize(('last', 'repeated'), [(4, 1), (8, 0)])
def test_validation_that_the_checkpoint_lacks_is_repeated(last, repeated):
    hub = MessageHub.get_instance(f'repeated_{last}')
    hub.update_info('history of tiny/loss', dict(iter=[last], value=[1.0]))
    runs = []
    runner = SimpleNamespace(
        train_loop=SimpleNamespace(iter=8, val_begin=1, val_interval=4),
        val_loop=SimpleNamespace(run=lambda: runs.append(1)),
        message_hub=hub,
    )
    MovingAverageHook('tiny/loss').before_train_epoch(runner)
    assert len(runs) == repeated


def test_moving_average_needs_its_key():
    metrics = dict(other=1.0)
    MovingAverageHook('tiny/loss').after_val_epoch(None, metrics)
    assert metrics == dict(other=1.0)
