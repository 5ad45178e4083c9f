"""Randomness that does not depend on where a run was resumed."""

import random

import numpy as np
import torch
from mmengine.hooks import Hook

from vpd_mm.registry import HOOKS


@HOOKS.register_module()
class IterationSeedHook(Hook):
    """Seed PyTorch, NumPy and Python from (seed, rank, iteration) before each iteration.

    Augmentation and dropout of an iteration are then the same in a resumed run.
    """

    priority = 'VERY_HIGH'

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        """Seed for the coming iteration."""
        key = (runner.seed or 0, runner.rank, runner.iter)
        words = np.random.SeedSequence(key).generate_state(2)
        torch.manual_seed(int(words[0]))
        np.random.seed(int(words[1]))  # noqa: NPY002  the state that other packages use
        random.seed(int(words[1]))
