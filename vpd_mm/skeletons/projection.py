"""3D poses seen by a camera."""

import numpy as np

from .pose3d import decode_offsets
from .skeleton import Skeleton

AZIMUTH = np.pi
"""Random cameras stand anywhere around the person …"""
TILT = np.pi / 6
"""… and are elevated and rolled by up to 30 degrees."""
UNSEEN = (1, 2, 3, 4)
"""Eyes and ears, whose score is 0 in a projection."""


def to_coco17(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """COCO-17 joints (..., 17, 3) from the joints (..., J, 3) of a skeleton."""
    return skeleton.coco17_weights.astype(joints.dtype, copy=False) @ joints


def offsets_to_coco17(offsets: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """COCO-17 joints (..., 17, 3) from offsets (..., B, 3)."""
    return to_coco17(decode_offsets(offsets, skeleton), skeleton)


def rotation_matrices(angles: np.ndarray) -> np.ndarray:
    """Matrices (N, 3, 3) that turn row vectors about z, then x, then y.

    Args:
        angles: Azimuth, elevation and roll in radians, (N, 3).
    """
    (ca, ce, cr), (sa, se, sr) = np.cos(angles).T, np.sin(angles).T
    zero = np.zeros_like(ca)
    first, second = np.array([ca, -sa, zero]), np.array([sa * ce, ca * ce, -se])
    third = np.array([sa * se, ca * se, ce])
    columns = np.array([first * cr - third * sr, second, first * sr + third * cr])
    return columns.transpose(2, 1, 0)


def project(xyz: np.ndarray, angles: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Project 3D points orthographically.

    Args:
        xyz: Points, (N, 17, 3), z up.
        angles: Azimuth, elevation and roll in radians, (N, 3).
        scores: Scores that the points get, (N, 17).

    Returns:
        x, y (down) and score, (N, 17, 3).
    """
    seen = xyz @ rotation_matrices(angles)
    return np.concatenate([seen[..., :1], -seen[..., 2:], scores[..., None]], -1)


def random_cameras(rng: np.random.Generator, num: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw angles (num, 3) and keypoint scores (num, 17) of random cameras."""
    limits = np.array([AZIMUTH, TILT, TILT])
    angles = rng.uniform(-limits, limits, (num, 3))
    scores = rng.uniform(0.5, 1, (num, 17))
    scores[:, UNSEEN] = 0
    return angles, scores
