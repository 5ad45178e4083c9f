"""Poses of two people who do the same."""

from functools import cached_property

import numpy as np

from vpd_mm.registry import DATASETS

from .multi_view_pose_dataset import MultiViewPoseDataset
from .pose_sampling import sample_pairs


@DATASETS.register_module()
class PersonPairDataset(MultiViewPoseDataset):
    """Two people in the same frame of the same action: what 3DPeople animates with one motion.

    A batch has ``inputs[set_name]`` with ``pose1`` and ``pose2`` (N, 13, 3) alone.

    Args:
        data_root: Folder of the set.
        skeleton: Name in :data:`vpd_mm.skeletons.SKELETONS`.
        samples_per_epoch: Length of the dataset.
        set_name: Name of the set; 'pairs' by default.
        **kwargs: See :class:`MultiViewPoseDataset`.
    """

    def __init__(
        self,
        data_root: str,
        skeleton: str,
        samples_per_epoch: int,
        set_name: str = 'pairs',
        **kwargs,
    ) -> None:
        super().__init__(data_root, skeleton, samples_per_epoch, set_name=set_name, **kwargs)

    def full_init(self) -> None:
        """Read the files and find the pairs."""
        super().full_init()
        len(self.groups)

    def draw(self, rng: np.random.Generator, indices: np.ndarray) -> dict[str, dict]:
        """Draw the samples of a batch."""
        rows, starts, counts = self.groups
        group = rng.integers(len(starts), size=len(indices))
        start, count = starts[group], counts[group]
        one = (rng.random(len(group)) * count).astype(np.int64)
        step = (rng.random(len(group)) * (count - 1)).astype(np.int64)
        other = (one + 1 + step) % count
        first, second = rows[start + one], rows[start + other]
        return {self.set_name: sample_pairs(rng, self.poses, first, second, self.how)}

    @cached_property
    def groups(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Usable rows by action and frame; starts and counts of the groups of two and more."""
        poses, rows = self.poses, self.poses.usable
        actions = np.unique([key[-1] for key in poses.keys], return_inverse=True)[1]
        frame = rows - poses.start[rows]
        order = np.lexsort((frame, actions[poses.sequence[rows]]))
        label = np.stack([actions[poses.sequence[rows]], frame], 1)[order]
        _, start, count = np.unique(label, axis=0, return_index=True, return_counts=True)
        several = count > 1
        if not several.any():
            raise ValueError(
                f'{self.set_name}: no two people share an action in split {self.split!r}; '
                'leave this dataset out'
            )
        return rows[order], start[several], count[several]
