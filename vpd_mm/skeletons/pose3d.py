"""3D poses: body-centred offsets, and what the teacher learns to predict of them."""

import numpy as np

from vpd_mm.formats.poses3d import Sequence3D

from .skeleton import Skeleton

PITCH_LIMIT = 45.0
"""Degrees of torso pitch beyond which the spine takes part in the facing direction."""
PITCH_BLEND = 30.0
"""Degrees over which it takes over."""
NEGATIVE_COSINE = np.cos(np.pi / 4)
"""Two poses differ where a bone of theirs makes 45 degrees or more."""


def joint_offsets(joints: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Offsets (..., B, 3) from parents to children of joints (..., J, 3), axes as they are."""
    return joints[..., skeleton.bones, :] - joints[..., skeleton.bone_parents, :]


def decode_offsets(offsets: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Joints (..., J, 3) about the root from offsets (..., B, 3)."""
    return skeleton.paths.astype(offsets.dtype, copy=False) @ offsets


def facing_direction(
    joints: np.ndarray, skeleton: Skeleton, torso: np.ndarray | None = None
) -> np.ndarray:
    """Horizontal unit direction that people face.

    It is the normal of the plane fitted through the torso, flattened to the ground. Where the
    torso pitches beyond 45 degrees the direction of the spine takes over within 30 degrees.

    Args:
        joints: Positions, (T, J, 3), z up.
        skeleton: Their joint set.
        torso: Other points to fit the plane through, (T, K, 3).

    Returns:
        Directions (T, 3) with z 0.
    """
    root = joints[:, skeleton.index(skeleton.root)]
    if torso is None:
        torso = joints[:, skeleton.index(*skeleton.torso)]
    axes = np.linalg.svd(torso - torso.mean(1, keepdims=True), full_matrices=False)[2]
    left, right = np.moveaxis(joints[:, skeleton.index(*skeleton.shoulders)] - root, 1, 0)
    normal = _towards(axes[:, 2], np.cross(left, right))
    spine = _towards(axes[:, 0], joints[:, skeleton.index(skeleton.neck)[0]] - root[:, 0])
    pitch = np.degrees(np.arcsin(np.clip(normal[:, 2:], -1, 1)))
    weight = np.clip((np.abs(pitch) - PITCH_LIMIT) / PITCH_BLEND, 0, 1)
    forward = (1 - weight) * normal - weight * np.sign(pitch) * spine
    forward[:, 2] = 0
    return _unit(forward)


def encode_joints(
    joints: np.ndarray, skeleton: Skeleton, torso: np.ndarray | None = None
) -> Sequence3D:
    """Put poses into a body-centred frame: z up, y forward, x towards the person's left.

    Args:
        joints: Positions, (T, J, 3), z up, right-handed.
        skeleton: Their joint set.
        torso: See :func:`facing_direction`.

    Returns:
        Positions of the root (T, 3), angles of the x axis in degrees (T,), offsets (T, B, 3).
    """
    joints = np.asarray(joints, np.float64)
    forward = facing_direction(joints, skeleton, torso)
    up = np.broadcast_to([0.0, 0.0, 1.0], forward.shape)
    lateral = np.cross(up, forward)
    axes = np.stack([lateral, forward, up], 1)
    offsets = joint_offsets(joints, skeleton) @ axes.swapaxes(1, 2)
    angle = np.degrees(np.arctan2(lateral[:, 1], lateral[:, 0]))
    return Sequence3D(joints[:, skeleton.index(skeleton.root)[0]], angle, offsets)


def flip_offsets(offsets: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Mirror poses: exchange the sides of offsets (..., B, 3) and negate x."""
    flipped = offsets[..., skeleton.mirror_rows, :]
    flipped[..., 0] *= -1
    return flipped


def unit_offsets(offsets: np.ndarray) -> np.ndarray:
    """Directions (..., B, 3) of offsets; zero where a bone has no length."""
    return _unit(offsets)


def bone_cosines(unit: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """Cosine (..., B) of the angle between each bone and its parent bone; 1 where it has none."""
    rows, against = skeleton.cosine_pairs
    cosines = np.ones(unit.shape[:-1], unit.dtype)
    products = np.einsum('...c,...c->...', unit[..., rows, :], unit[..., against, :])
    cosines[..., rows] = np.clip(products, -1, 1)
    return cosines


def pose3d_features(
    offsets: np.ndarray,
    skeleton: Skeleton,
    root_directions: bool = True,
    extremities: bool = True,
    joint_order: bool = False,
) -> np.ndarray:
    """What the teacher learns to lift a 2D pose to.

    A row a bone: its direction (3), the angle to its parent bone over pi minus 0.5 (1), and the
    direction from the root to its joint (3).

    Args:
        offsets: (..., B, 3).
        skeleton: Their joint set.
        root_directions: Include the last three columns.
        extremities: Give the rows of the extremities too, rather than zeros.
        joint_order: Let the root directions alone follow the order of the skeleton's joints, not
            that of its bones, as the published lifting head of Human3.6M does. Where the two
            orders agree, as in the other published sets, nothing changes.

    Returns:
        (..., B, 7), or (..., B, 4) without root directions.
    """
    unit = unit_offsets(offsets)
    angles = np.arccos(bone_cosines(unit, skeleton)) / np.pi - 0.5
    columns = [unit, angles[..., None]]
    if root_directions:
        joints = sorted(skeleton.bones) if joint_order else skeleton.bones
        paths = skeleton.paths[joints, :].astype(offsets.dtype)
        columns.append(_unit(paths @ offsets))
    features = np.concatenate(columns, -1)
    if not extremities:
        features[..., skeleton.extremity_rows, :] = 0
    return features


def offsets_from_features(features: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Offsets of a pose from lifted features and the lengths of its bones.

    Args:
        features: (..., B, 4 or 7), see :func:`pose3d_features`; their directions need not have
            unit length.
        lengths: Lengths of the bones, (..., B).

    Returns:
        (..., B, 3).
    """
    return _unit(features[..., :3]) * lengths[..., None]


def poses_differ(
    first: np.ndarray, second: np.ndarray, skeleton: Skeleton, extremities: bool = True
) -> np.ndarray:
    """Whether a bone of two poses differs by 45 degrees or more.

    Args:
        first: Unit offsets, (..., B, 3).
        second: Unit offsets that broadcast against the first.
        skeleton: Their joint set.
        extremities: Let the extremities count.

    Returns:
        Bool (...).
    """
    cosines = np.einsum('...c,...c->...', first, second)
    if not extremities:
        cosines[..., skeleton.extremity_rows] = 1
    return cosines.min(-1) <= NEGATIVE_COSINE


def _unit(vectors: np.ndarray) -> np.ndarray:
    length = np.sqrt(np.einsum('...c,...c->...', vectors, vectors))[..., None]
    return vectors / np.where(length == 0, 1, length)


def _towards(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Negate the vectors (T, 3) that point away from their directions."""
    away = np.einsum('tc,tc->t', vectors, directions) < 0
    return np.where(away[:, None], -vectors, vectors)
