"""Resuming a long run without reading again what was already trained on."""

from itertools import islice

from mmengine.dataset import InfiniteSampler
from mmengine.hooks import Hook

from vpd_mm.registry import HOOKS


class _Advanced:
    """Iterator of batches that were already passed over: their number is answered with None."""

    def __init__(self, iterator, passed: int):
        self.iterator = iterator
        self.passed = passed

    def __next__(self):
        if self.passed:
            self.passed -= 1
            return None
        return next(self.iterator)


@HOOKS.register_module()
class FastResumeHook(Hook):
    """Advance the sampler instead of the data loader when an iteration-based run is resumed.

    MMEngine's ``IterBasedTrainLoop`` loads and drops every batch up to the checkpoint, which takes
    as long as reading the data did. This acts on MMEngine's ``InfiniteSampler`` only.
    """

    def before_train(self, runner) -> None:
        """Advance to the checkpoint's iteration."""
        loop = runner.train_loop
        sampler = loop.dataloader.sampler
        if not loop.iter or not isinstance(sampler, InfiniteSampler):
            return
        passed = loop.iter * loop.dataloader.batch_size
        sampler.indices = sampler._indices_of_rank()
        next(islice(sampler.indices, passed - 1, None))
        loop.dataloader_iterator = _Advanced(
            type(loop.dataloader_iterator)(loop.dataloader), loop.iter
        )
