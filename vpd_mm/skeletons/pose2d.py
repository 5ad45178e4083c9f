"""2D poses as the teacher takes them."""

import numpy as np

from .joint_sets import COCO17

HIPS = (11, 12)
TORSO = (5, 6, 11, 12)
KEPT_JOINTS = (0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
"""COCO-17 joints without eyes and ears."""
BONES = (
    *((15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11)),
    *((6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10)),
)
"""COCO-17 limbs whose two ends are kept."""
_FIRST, _SECOND = np.triu_indices(len(TORSO), 1)
_BONE_ROWS = np.array([[KEPT_JOINTS.index(a), KEPT_JOINTS.index(b)] for a, b in BONES])


def flip_keypoints(keypoints: np.ndarray) -> np.ndarray:
    """Mirror COCO-17 poses: exchange left and right joints and negate x.

    Args:
        keypoints: x, y and anything else of every joint, (..., 17, C).
    """
    flipped = keypoints[..., COCO17.mirror_joints, :].copy()
    flipped[..., 0] *= -1
    return flipped


def invert_keypoints(keypoints: np.ndarray) -> np.ndarray:
    """Turn poses (..., 17, C) of upside-down athletes (divers, gymnasts) over by negating y."""
    inverted = keypoints.copy()
    inverted[..., 1] *= -1
    return inverted


def normalize_pose2d(
    keypoints: np.ndarray,
    flip: bool | np.ndarray = False,
    bones: bool = False,
    zero_scores: bool = False,
) -> np.ndarray:
    """Centre poses on the hips and scale their torso to 0.5.

    The mid-point of the hips becomes the origin and the longest distance among shoulders and hips
    0.5 (a torso of no size is not scaled); scores shift by -0.5; eyes and ears are dropped.

    Args:
        keypoints: COCO-17 x, y in pixels (y down) and score, (N, 17, 3).
        flip: Mirror the poses; one bool for all, or one a pose, (N,).
        bones: Append every limb: difference of its ends and the mean of their shifted scores.
        zero_scores: Give 0 for every score.

    Returns:
        (N, 13, 3), or (N, 25, 3) with bones; float32, or float64 for float64 input.

    Example:
        >>> normalize_pose2d(np.random.rand(4, 17, 3).astype('float32')).shape
        (4, 13, 3)
    """
    keypoints = np.asarray(keypoints)
    if keypoints.dtype != np.float64:
        keypoints = keypoints.astype(np.float32, copy=False)
    if np.any(flip):
        chosen = np.reshape(flip, (-1, 1, 1))
        keypoints = np.where(chosen, flip_keypoints(keypoints), keypoints)
    pose = keypoints[:, KEPT_JOINTS]
    torso = keypoints[:, TORSO, :2]
    size = np.linalg.norm(torso[:, _FIRST] - torso[:, _SECOND], axis=-1).max(-1)
    size[size == 0] = 1
    centre = keypoints[:, HIPS, :2].mean(1, keepdims=True)
    pose[..., :2] = (pose[..., :2] - centre) * (0.5 / size)[:, None, None]
    pose[..., 2] = 0 if zero_scores else pose[..., 2] - 0.5
    return append_bones(pose) if bones else pose


def append_bones(pose: np.ndarray) -> np.ndarray:
    """Append the limbs (..., 12, 3) of normalised poses (..., 13, 3)."""
    first, second = pose[..., _BONE_ROWS[:, 0], :], pose[..., _BONE_ROWS[:, 1], :]
    limbs = first - second
    limbs[..., 2] = (first[..., 2] + second[..., 2]) / 2
    return np.concatenate([pose, limbs], -2)
