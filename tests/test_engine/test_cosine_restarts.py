import pytest
import torch

from vpd_mm.engine.optimizers.cosine_restarts import cosine_restart_factor, restart_cycle
from vpd_mm.registry import PARAM_SCHEDULERS


def make_optimizer():
    return torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=0.1, weight_decay=0.01)


def run(kind, epochs, epoch_length):
    optimizer = make_optimizer()
    scheduler = PARAM_SCHEDULERS.build(
        dict(
            type=kind,
            optimizer=optimizer,
            end=epochs,
            by_epoch=True,
            epoch_length=epoch_length,
            convert_to_iter_based=True,
        )
    )
    name = scheduler.param_name
    values = []
    for _ in range(epochs * epoch_length):
        values.append(optimizer.param_groups[0][name])
        optimizer.step()
        scheduler.step()
    return values


def test_restarts_double():
    assert [restart_cycle(step, 2) for step in (0, 2, 3, 6, 7)] == [
        (0, 2),
        (0, 2),
        (2, 4),
        (2, 4),
        (6, 8),
    ]


@pytest.mark.parametrize('epochs', [1, 3, 20])
def test_learning_rate(epochs):
    values = run('CosineRestarts', epochs, 3)
    first = max(1, epochs // 10) * 3
    expected = [0.1 * cosine_restart_factor(step, first) for step in range(epochs * 3)]
    assert values == pytest.approx(expected)


def test_weight_decay():
    values = run('CosineRestartsWeightDecay', 20, 3)
    assert values[0] == pytest.approx(0.01 / 6**0.5)
    assert values[6] == 0
    assert values[7] < 0.01 / 12**0.5


def test_needs_an_end():
    with pytest.raises(ValueError, match='end'):
        PARAM_SCHEDULERS.build(dict(type='CosineRestarts', optimizer=make_optimizer()))
