from .fast_resume import FastResumeHook
from .iteration_seed import IterationSeedHook
from .moving_average import MovingAverageHook
from .plain_checkpoint import PlainCheckpointHook

__all__ = ['FastResumeHook', 'IterationSeedHook', 'MovingAverageHook', 'PlainCheckpointHook']
