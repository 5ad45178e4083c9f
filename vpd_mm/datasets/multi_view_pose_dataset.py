"""Poses seen by two cameras, which train the teacher."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch.utils.data import Dataset

from vpd_mm.registry import DATASETS, FUNCTIONS
from vpd_mm.skeletons import SKELETONS

from .pose_recordings import PoseRecordings, load_recordings
from .pose_sampling import ViewSampling, sample_views


@FUNCTIONS.register_module()
def pass_batch(batch: dict) -> dict:
    """Collate function of datasets that make a whole batch at once: there is nothing to do.

    A config names it ``collate_fn=dict(type='vpd_mm.pass_batch')``.
    """
    return batch


class BatchDataset(Dataset):
    """Dataset whose batch is a function of its indices and a seed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def __getitem__(self, index: int) -> dict:
        return self.__getitems__([index])

    def __getitems__(self, indices: Sequence[int]) -> dict:
        """Make a batch: ``inputs``, a dict of sets, each a dict of tensors."""
        rng = np.random.default_rng([*indices, self.seed])
        samples = self.draw(rng, np.asarray(indices))
        tensors = {
            name: {key: torch.from_numpy(value) for key, value in part.items()}
            for name, part in samples.items()
        }
        return dict(inputs=tensors)


@DATASETS.register_module()
class MultiViewPoseDataset(BatchDataset):
    """One set of 3D poses in the published layout; a sample is a frame seen by two cameras.

    A batch is drawn at once and depends on its indices alone: an index is no particular frame, but
    a part of the seed, and so a resumed run goes on as if it had never stopped. In validation the
    frames are spread evenly over the sequences.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    A batch has ``inputs[set_name]`` with ``pose1``, ``pose2``, ``negative`` (N, 13, 3),
    ``negative_valid`` (N,) and ``features`` (N, B, 7).

    Args:
        data_root: Folder of the set; one without ``cocopose/`` is seen in projections alone.
        skeleton: Name in :data:`vpd_mm.skeletons.SKELETONS`, or a ``.json`` file with one.
        samples_per_epoch: Length of the dataset.
        split: ``'train'`` or ``'val'``.
        val_people: People (AMASS: data sets) that validate and do not train.
        set_name: Name of the set, also that of its lifting head; the skeleton's by default.
        weights: How much likelier frames of a person (AMASS: data set) are drawn; 1 by default.
        layout: Layout of the 2D detections: ``'multi_camera'`` or ``'human36m'``.
        frame_stride: 3D frames from one 2D frame to the next.
        projection_prob: Probability that a view gives way to a random projection.
        flip_prob: Probability that a sample is mirrored.
        bones: Append the limbs to the 2D poses: (N, 25, 3).
        joint_order: Give the features in the order of the published lifting heads, see
            :func:`vpd_mm.skeletons.pose3d_features`.
        seed: Part of the seed of every batch.
        lazy_init: Leave reading the files to :meth:`full_init`.
    """

    def __init__(
        self,
        data_root: str,
        skeleton: str,
        samples_per_epoch: int,
        split: str = 'train',
        val_people: Sequence[str] = (),
        set_name: str | None = None,
        weights: dict[str, float] | None = None,
        layout: str = 'multi_camera',
        frame_stride: int = 1,
        projection_prob: float = 0.5,
        flip_prob: float = 0.5,
        bones: bool = False,
        joint_order: bool = False,
        seed: int = 0,
        lazy_init: bool = False,
    ) -> None:
        super().__init__(seed)
        self.set_name = set_name or SKELETONS[skeleton].name
        self.samples_per_epoch = samples_per_epoch
        self.split = split
        self.how = ViewSampling(projection_prob, flip_prob, bones, joint_order)
        self.weights = weights or {}
        self.files = (data_root, skeleton, split, val_people, layout, frame_stride)
        if not lazy_init:
            self.full_init()

    def full_init(self) -> None:
        """Read the files."""
        len(self.poses)

    @cached_property
    def poses(self) -> PoseRecordings:
        """The recordings of this split."""
        return load_recordings(*self.files)

    @cached_property
    def cumulative_weights(self) -> np.ndarray:
        """Sums of the weights of the usable frames, (U,)."""
        poses = self.poses
        by_sequence = np.array([self.weights.get(key[0], 1.0) for key in poses.keys])
        return np.cumsum(by_sequence[poses.sequence[poses.usable]])

    def __len__(self) -> int:
        return self.samples_per_epoch

    def draw(self, rng: np.random.Generator, indices: np.ndarray) -> dict[str, dict]:
        """Draw the samples of a batch."""
        rows = self.draw_frames(rng, indices)
        return {self.set_name: sample_views(rng, self.poses, rows, self.how)}

    def draw_frames(self, rng: np.random.Generator, indices: np.ndarray) -> np.ndarray:
        """Rows (N,) of frames: random ones, or for validation the ones at the indices."""
        usable = self.poses.usable
        if self.split == 'val':
            return usable[indices * len(usable) // len(self) % len(usable)]
        total = self.cumulative_weights[-1]
        draws = rng.random(len(indices)) * total
        return usable[np.searchsorted(self.cumulative_weights, draws, side='right')]
