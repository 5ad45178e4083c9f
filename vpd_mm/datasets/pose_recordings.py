"""3D poses of many sequences with their 2D views, as flat arrays that can be sampled at once."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError, PoseViews, read_pose_views, read_poses3d
from vpd_mm.formats.poses3d import POSE3D_FILE
from vpd_mm.skeletons import SKELETONS, Skeleton, offsets_to_coco17, unit_offsets


@dataclass
class PoseRecordings:
    """Frames of several sequences behind each other.

    Attributes:
        skeleton: Joint set of the 3D poses.
        keys: Key of every sequence: (person, action), or (person,).
        offsets: Parent to child, (F, B, 3) float32.
        sequence: Number of the frame's sequence, (F,) int64.
        start: Row of that sequence's first frame, (F,) int64.
        length: Its number of frames, (F,) int64.
        view_start: Row of the frame's first view, (F,) int64.
        view_count: How many views the frame has, (F,) int64.
        keypoints: The views, COCO-17 x, y in pixels and score, (V, 17, 3) float32.
    """

    skeleton: Skeleton
    keys: list[tuple]
    offsets: np.ndarray
    sequence: np.ndarray
    start: np.ndarray
    length: np.ndarray
    view_start: np.ndarray
    view_count: np.ndarray
    keypoints: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def unit(self) -> np.ndarray:
        """Directions of the offsets, (F, B, 3)."""
        return unit_offsets(self.offsets)

    @cached_property
    def coco17(self) -> np.ndarray:
        """COCO-17 joints about the root, (F, 17, 3)."""
        return offsets_to_coco17(self.offsets, self.skeleton)

    @cached_property
    def usable(self) -> np.ndarray:
        """Frames to sample from: those with a view, or all where no frame has any; (U,)."""
        rows = np.flatnonzero(self.view_count)
        return rows if len(rows) else np.arange(len(self))


def load_recordings(
    data_root: str | Path,
    skeleton: str,
    split: str,
    val_people: Collection[str],
    layout: str = 'multi_camera',
    frame_stride: int = 1,
) -> PoseRecordings:
    """Read the sequences of one split of a set in the published layout.

    Args:
        data_root: Folder with ``ground_truth_3d_pose.pkl`` and, where there are 2D detections,
            ``cocopose/``.
        skeleton: Name in :data:`vpd_mm.skeletons.SKELETONS`.
        split: ``'train'`` or ``'val'``.
        val_people: First parts of the sequence keys (people, or data sets of AMASS) that validate.
        layout: Layout of the 2D detections, see :func:`vpd_mm.formats.read_pose_views`.
        frame_stride: 3D frames from one 2D frame to the next.

    Raises:
        ValueError: The split is unknown.
        FormatError: It is empty, the skeleton does not fit, or 2D frames lie beyond the 3D
            sequence.
    """
    if split not in ('train', 'val'):
        raise ValueError(f"split is {split!r}; choose 'train' or 'val'")
    everything = read_poses3d(data_root)
    sequences = {
        key: sequence
        for key, sequence in everything.items()
        if len(sequence) and (key[0] in val_people) == (split == 'val')
    }
    if not sequences:
        raise FormatError(
            data_root,
            f'no sequence is left for {split!r} with val_people {sorted(val_people)}; '
            "name some of the set's people there, and not all",
        )
    offsets = np.concatenate([s.offsets for s in sequences.values()]).astype(np.float32)
    _check_bones(data_root, offsets, skeleton)
    lengths = np.array([len(s) for s in sequences.values()])
    starts = np.cumsum(lengths) - lengths
    sequence = np.repeat(np.arange(len(lengths)), lengths)
    views = _read_views(data_root, layout, everything)
    rows, keypoints = _place_views(data_root, sequences, starts, views, frame_stride)
    count = np.bincount(rows, minlength=len(offsets))
    return PoseRecordings(
        skeleton=SKELETONS[skeleton],
        keys=list(sequences),
        offsets=offsets,
        sequence=sequence,
        start=starts[sequence],
        length=lengths[sequence],
        view_start=np.cumsum(count) - count,
        view_count=count,
        keypoints=keypoints,
    )


def _check_bones(data_root: str | Path, offsets: np.ndarray, skeleton: str) -> None:
    bones = len(SKELETONS[skeleton].bones)
    if offsets.shape[1] != bones:
        raise FormatError(
            data_root,
            f'its poses have {offsets.shape[1]} bones and skeleton {skeleton!r} has {bones}; '
            'set the skeleton that the set was made with',
        )


def _read_views(data_root: str | Path, layout: str, keys) -> dict[tuple, PoseViews]:
    if not (Path(data_root) / 'cocopose').is_dir():
        return {}
    return read_pose_views(data_root, layout, keys)


def _place_views(
    data_root, sequences: dict, starts: np.ndarray, views: dict, stride: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (V,) of the frames that views (V, 17, 3) show, in ascending order."""
    rows, keypoints = [np.zeros(0, np.int64)], [np.zeros((0, 17, 3), np.float32)]
    for (key, sequence), start in zip(sequences.items(), starts, strict=True):
        if key not in views:
            continue
        frame = views[key].frame * stride
        if len(frame) and frame.max() >= len(sequence):
            raise FormatError(
                Path(data_root) / POSE3D_FILE,
                f'{"/".join(key)} has a 2D view of 3D frame {frame.max()} but only '
                f'{len(sequence)} 3D frames; check frame_stride',
            )
        rows.append(start + frame)
        keypoints.append(views[key].keypoints)
    rows = np.concatenate(rows)
    order = np.argsort(rows, kind='stable')
    return rows[order], np.concatenate(keypoints)[order].astype(np.float32)
