"""Pose directories written whole."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vpd_mm.formats import (
    Boxes,
    FormatError,
    Masks,
    Poses,
    VideoMeta,
    atomic_directory,
    read_boxes,
    write_boxes,
    write_masks,
    write_meta,
    write_poses,
)


@dataclass
class PoseDirectory:
    """What a pose directory holds.

    Attributes:
        boxes (Boxes): Of the athlete, at most one a frame.
        poses (Poses): Of the athlete, and of others where several people are wanted.
        meta (VideoMeta): Facts of the video.
        masks (Masks | None): Of the same people; None writes no file of masks.
    """

    boxes: Boxes
    poses: Poses
    meta: VideoMeta
    masks: Masks | None = None


class PackedBitmap:
    """A bitmap kept eight pixels a byte until an array is made of it.

    Args:
        bitmap (np.ndarray): (H, W) bool.
    """

    def __init__(self, bitmap: np.ndarray) -> None:
        self.shape = bitmap.shape
        self.bits = np.packbits(bitmap)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        pixels = np.unpackbits(self.bits, count=self.shape[0] * self.shape[1])
        return pixels.reshape(self.shape).astype(bool if dtype is None else dtype)


def write_pose_directory(path: str | Path, content: PoseDirectory) -> None:
    """Write a pose directory, which appears when it is complete.

    One that is there already keeps the files that are not written anew.
    """
    with atomic_directory(path) as folder:
        if Path(path).is_dir():
            shutil.copytree(
                path, folder, ignore=shutil.ignore_patterns('.tmp-*'), dirs_exist_ok=True
            )
        write_poses(folder, content.poses)
        write_boxes(folder, content.boxes)
        write_meta(folder, content.meta)
        if content.masks is not None:
            write_masks(folder, content.masks)


def has_poses(path: str | Path, masks: bool = False) -> bool:
    """Whether a pose directory has all that :func:`write_pose_directory` writes."""
    names = ['coco_keypoints.json.gz', 'boxes.json', 'meta.json', *['mask.json.gz'] * masks]
    return all((Path(path) / name).is_file() for name in names)


def read_athlete_boxes(pose_dir: str | Path) -> Boxes:
    """Read ``boxes.json`` of a pose directory for predicting poses in them.

    Raises:
        FileNotFoundError: There is no such file.
        FormatError: It is damaged, or a box is not x, y, width, height in pixels.
    """
    path = Path(pose_dir) / 'boxes.json'
    boxes = read_boxes(path)
    if not np.isfinite(boxes.box).all() or not (boxes.box[:, 2:] > 0).all():
        raise FormatError(path, 'has a box that is not x, y, w, h in pixels; write it again')
    return boxes
