"""Several sets of poses in every batch."""

from collections.abc import Sequence

import numpy as np

from vpd_mm.registry import DATASETS

from .multi_view_pose_dataset import BatchDataset


def share_out(count: int, sizes: Sequence[int]) -> np.ndarray:
    """Divide a batch in proportion to sizes, one sample a part at least while they suffice.

    Returns:
        Samples of each part, summing to ``count``.

    Example:
        >>> share_out(100, [20000, 20000, 5000])
        array([44, 45, 11])
    """
    shares = np.diff(np.rint(count * np.cumsum([0, *sizes]) / sum(sizes)).astype(int))
    if count >= len(shares):
        shares = np.maximum(shares, 1)
        shares[shares.argmax()] -= shares.sum() - count
    return shares


@DATASETS.register_module()
class JointPoseDataset(BatchDataset):
    """Batches that hold a part of every set, in proportion to the sets' lengths.

    Args:
        datasets: Configs of :class:`MultiViewPoseDataset` and the like, each with its own
            ``set_name``.
        seed: Part of the seed of every batch.
        lazy_init: Leave reading the files to :meth:`full_init`.
        **kwargs: Settings of all sets, such as ``split`` and ``bones``.

    Raises:
        ValueError: Two sets have the same name.
    """

    def __init__(
        self, datasets: Sequence[dict], seed: int = 0, lazy_init: bool = False, **kwargs
    ) -> None:
        super().__init__(seed)
        self.datasets = [
            DATASETS.build({**kwargs, **dataset, 'lazy_init': lazy_init}) for dataset in datasets
        ]
        names = [dataset.set_name for dataset in self.datasets]
        if len(set(names)) < len(names):
            raise ValueError(f'the sets are named {names}; give each its own set_name')
        self.sizes = [len(dataset) for dataset in self.datasets]

    def full_init(self) -> None:
        """Read the files."""
        for dataset in self.datasets:
            dataset.full_init()

    def __len__(self) -> int:
        return sum(self.sizes)

    def draw(self, rng: np.random.Generator, indices: np.ndarray) -> dict[str, dict]:
        """Draw a part from every set."""
        samples: dict[str, dict] = {}
        shares = share_out(len(indices), self.sizes)
        for dataset, share in zip(self.datasets, shares, strict=True):
            if share:
                spread = indices[np.arange(share) * len(indices) // share]
                samples |= dataset.draw(rng, spread * len(dataset) // len(self))
        return samples
