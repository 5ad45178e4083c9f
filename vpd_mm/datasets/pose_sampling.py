"""Random frames, views and negatives of recorded poses, a whole batch at once: pure functions."""

from dataclasses import dataclass

import numpy as np

from vpd_mm.skeletons import (
    flip_offsets,
    normalize_pose2d,
    pose3d_features,
    poses_differ,
    project,
    random_cameras,
)

from .pose_recordings import PoseRecordings

NEGATIVE_TRIES = 10


@dataclass(frozen=True)
class ViewSampling:
    """How a pose comes to be seen.

    Attributes:
        projection_prob: Probability that a recorded view gives way to a random projection.
        flip_prob: Probability that a sample is mirrored.
        bones: Append the limbs to the 2D poses.
        joint_order: Give the features in the order of the published lifting heads, see
            :func:`vpd_mm.skeletons.pose3d_features`.
    """

    projection_prob: float = 0.5
    flip_prob: float = 0.5
    bones: bool = False
    joint_order: bool = False


def draw_negatives(
    rng: np.random.Generator, poses: PoseRecordings, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For each of N frames another of its sequence, some bone of which differs by 45 degrees.

    Returns:
        Rows (N,), and whether one of ten draws was such a frame, (N,) bool; where none was, the
        row is the frame's own.
    """
    draws = rng.random((len(rows), NEGATIVE_TRIES)) * poses.length[rows, None]
    drawn = poses.start[rows, None] + draws.astype(np.int64)
    good = poses_differ(poses.unit[rows, None], poses.unit[drawn], poses.skeleton)
    if len(poses.keypoints):
        good &= poses.view_count[drawn] > 0
    valid = good.any(1)
    first = drawn[np.arange(len(rows)), good.argmax(1)]
    return np.where(valid, first, rows), valid


def draw_view_pairs(
    rng: np.random.Generator, poses: PoseRecordings, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Choose a view of each of N frames and of their partners: two cameras where these are equal.

    Returns:
        Rows of views, (N,) each; -1 where there is none to choose.
    """
    count = poses.view_count[first]
    camera = (rng.random(len(first)) * count).astype(np.int64)
    same = first == second
    other_count = poses.view_count[second] - same
    step = (rng.random(len(second)) * other_count).astype(np.int64)
    other = np.where(same, (camera + 1 + step) % np.maximum(count, 1), step)
    return (
        np.where(count > 0, poses.view_start[first] + camera, -1),
        np.where(other_count > 0, poses.view_start[second] + other, -1),
    )


def see_poses(
    rng: np.random.Generator,
    poses: PoseRecordings,
    rows: np.ndarray,
    views: np.ndarray,
    projection_prob: float,
) -> np.ndarray:
    """COCO-17 poses (N, 17, 3) of frames: recorded views, or random projections instead.

    Args:
        rng: Source of randomness.
        poses: The recordings.
        rows: Frames, (N,).
        views: Rows of their views, (N,); -1 where there is none.
        projection_prob: Probability of a projection where there is a view.
    """
    projected = np.flatnonzero((rng.random(len(rows)) < projection_prob) | (views < 0))
    angles, scores = random_cameras(rng, len(projected))
    seen = project(
        poses.coco17[rows[projected]], angles.astype(np.float32), scores.astype(np.float32)
    )
    if len(projected) == len(rows):
        return seen
    keypoints = poses.keypoints[views]
    keypoints[projected] = seen
    return keypoints


def sample_views(
    rng: np.random.Generator, poses: PoseRecordings, rows: np.ndarray, how: ViewSampling
) -> dict[str, np.ndarray]:
    """Two views of each of N frames, a negative, and what to lift them to.

    Returns:
        ``pose1``, ``pose2``, ``negative`` (N, 13 or 25, 3) normalised 2D poses;
        ``negative_valid`` (N,) bool; ``features`` (N, B, 7) of the 3D pose.
    """
    negative, valid = draw_negatives(rng, poses, rows)
    views = draw_view_pairs(rng, poses, rows, rows)
    views += draw_view_pairs(rng, poses, negative, negative)[:1]
    flip = rng.random(len(rows)) < how.flip_prob
    pose1, pose2, pose3 = _normalized(rng, poses, (rows, rows, negative), views, flip, how)
    offsets = poses.offsets[rows]
    mirrored = flip_offsets(offsets, poses.skeleton)
    offsets = np.where(flip[:, None, None], mirrored, offsets)
    features = pose3d_features(offsets, poses.skeleton, joint_order=how.joint_order)
    return dict(pose1=pose1, pose2=pose2, negative=pose3, negative_valid=valid, features=features)


def sample_pairs(
    rng: np.random.Generator,
    poses: PoseRecordings,
    first: np.ndarray,
    second: np.ndarray,
    how: ViewSampling,
) -> dict[str, np.ndarray]:
    """A view of each of N frames and of N others: ``pose1``, ``pose2`` (N, 13 or 25, 3)."""
    views = draw_view_pairs(rng, poses, first, second)
    flip = rng.random(len(first)) < how.flip_prob
    pose1, pose2 = _normalized(rng, poses, (first, second), views, flip, how)
    return dict(pose1=pose1, pose2=pose2)


def _normalized(rng, poses, rows: tuple, views: tuple, flip, how: ViewSampling) -> np.ndarray:
    count = len(rows)
    keypoints = see_poses(
        rng, poses, np.concatenate(rows), np.concatenate(views), how.projection_prob
    )
    pose = normalize_pose2d(keypoints, np.tile(flip, count), how.bones)
    return pose.reshape(count, len(flip), *pose.shape[1:])
