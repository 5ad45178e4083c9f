"""Cosine annealing with warm restarts, each cycle twice as long as the one before."""

import math

from mmengine.optim import _ParamScheduler
from mmengine.optim.scheduler.param_scheduler import INF

from vpd_mm.registry import PARAM_SCHEDULERS


def cosine_restart_factor(step: int, first_period: float, floor: float = 1e-4) -> float:
    """Give the factor of the base value at a step.

    Within a cycle the factor falls from 1 to ``floor`` along half a cosine; the step at which a
    cycle would restart still has the floor, as in the published training.

    Args:
        step (int): The step, from 0.
        first_period (float): Steps in the first cycle; each further one has twice as many.
        floor (float): The smallest factor. Defaults to 1e-4.

    Returns:
        float: The factor.

    Example:
        >>> [round(cosine_restart_factor(step, 2), 2) for step in range(7)]
        [1.0, 0.5, 0.0, 0.85, 0.5, 0.15, 0.0]
    """
    begin, period = restart_cycle(step, first_period)
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * (step - begin) / period))


def restart_cycle(step: int, first_period: float) -> tuple[float, float]:
    """Give the first step and the length of the cycle ``(begin, begin + length]`` of a step."""
    begin, period = 0.0, first_period
    while step > begin + period:
        begin, period = begin + period, 2 * period
    return begin, period


def decay_restart_factor(step: int, first_period: float) -> float:
    """Give the factor of the weight decay: the cosine (down to 0) over the root of the cycle.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, appendix.

    Args:
        step (int): The step, from 0.
        first_period (float): Steps in the first cycle; each further one has twice as many.

    Returns:
        float: The factor.
    """
    _, period = restart_cycle(step, first_period)
    return cosine_restart_factor(step, first_period, floor=0) / math.sqrt(period)


class CosineRestartParamScheduler(_ParamScheduler):
    """Schedule a parameter by :func:`cosine_restart_factor`.

    With ``by_epoch=True`` and ``convert_to_iter_based=True`` the value changes at each iteration.

    Args:
        optimizer: The optimizer or its wrapper.
        param_name (str): Name of the parameter in the optimizer's groups.
        restarts (int): The first cycle is this part of the whole, at least one epoch. Defaults
            to 10.
        epoch_length (int): Iterations in an epoch. Defaults to 1.
        **kwargs: As in mmengine's schedulers; ``end`` must be finite.
    """

    factor = staticmethod(cosine_restart_factor)

    def __init__(
        self, optimizer, param_name, restarts=10, epoch_length=1, end=INF, **kwargs
    ) -> None:
        if end == INF:
            raise ValueError('The cosine restarts need the last step; set `end` to the epochs.')
        epochs = (end - kwargs.get('begin', 0)) // epoch_length
        self.first_period = max(1, epochs // restarts) * epoch_length
        super().__init__(optimizer, param_name, end=end, **kwargs)

    @classmethod
    def build_iter_from_epoch(cls, *args, begin=0, end=INF, by_epoch=True, epoch_length, **kwargs):
        """Build the scheduler by iterations from settings in epochs."""
        return cls(
            *args,
            begin=begin * epoch_length,
            end=end if end == INF else end * epoch_length,
            by_epoch=False,
            epoch_length=epoch_length,
            **kwargs,
        )

    def _get_value(self) -> list[float]:
        factor = self.factor(self.last_step, self.first_period)
        return [value * factor for value in self.base_values]


@PARAM_SCHEDULERS.register_module()
class CosineRestarts(CosineRestartParamScheduler):
    """Cosine annealing with restarts of the learning rate.

    Args:
        optimizer: The optimizer or its wrapper.
        **kwargs: As in :class:`CosineRestartParamScheduler`.
    """

    def __init__(self, optimizer, **kwargs) -> None:
        super().__init__(optimizer, 'lr', **kwargs)


@PARAM_SCHEDULERS.register_module()
class CosineRestartsWeightDecay(CosineRestartParamScheduler):
    """Normalised weight decay that follows the restarts of the learning rate.

    Args:
        optimizer: The optimizer or its wrapper.
        **kwargs: As in :class:`CosineRestartParamScheduler`.
    """

    factor = staticmethod(decay_restart_factor)

    def __init__(self, optimizer, **kwargs) -> None:
        super().__init__(optimizer, 'weight_decay', **kwargs)
