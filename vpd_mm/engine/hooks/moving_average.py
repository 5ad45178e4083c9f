"""Choosing the best checkpoint by a smoothed validation result."""

import numpy as np
from mmengine.hooks import Hook

from vpd_mm.registry import HOOKS


@HOOKS.register_module()
class MovingAverageHook(Hook):
    """Add ``<key>_average``, the mean over the last validations, to the validation's results.

    A checkpoint is saved before its iteration is validated, so that a run resumed from it first
    repeats that validation; the average is the same as without the interruption.

    Args:
        key: Name of the result, such as ``'embedding/loss'``.
        window: How many validations the mean covers; fewer at the start.
    """

    def __init__(self, key: str, window: int = 5):
        self.key = key
        self.window = window
        self.info = f'history of {key}'

    def before_train_epoch(self, runner) -> None:
        """Validate a checkpoint that was saved but not validated."""
        loop = runner.train_loop
        due = loop.iter >= max(loop.val_begin, 1) and loop.iter % loop.val_interval == 0
        if due and loop.iter not in self._history(runner)['iter']:
            runner.val_loop.run()

    def after_val_epoch(self, runner, metrics: dict | None = None) -> None:
        """Append the result and average."""
        if not metrics or self.key not in metrics:
            return
        history = self._history(runner)
        values = [*history['value'], float(metrics[self.key])][-self.window :]
        iters = [*history['iter'], runner.iter][-self.window :]
        runner.message_hub.update_info(self.info, dict(iter=iters, value=values))
        metrics[f'{self.key}_average'] = float(np.mean(values))

    def _history(self, runner) -> dict:
        if self.info not in runner.message_hub.runtime_info:
            return dict(iter=[], value=[])
        return runner.message_hub.get_info(self.info)
