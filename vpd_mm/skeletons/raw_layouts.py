"""How the recordings of each set name and scale their joints."""

from dataclasses import dataclass

import numpy as np

from vpd_mm.formats.poses3d import Sequence3D

from .joint_sets import SKELETONS
from .pose3d import encode_joints


@dataclass(frozen=True)
class RawLayout:
    """Where a set's recordings keep the joints of its skeleton.

    Attributes:
        columns: Raw joints that the mean of is each joint.
        axes: Raw axes that are x, y and z.
        unit: Raw units in one unit of the result.
        torso: Raw joints for the plane of the torso, where the skeleton's own do not do.
    """

    columns: tuple[tuple[int, ...], ...]
    axes: tuple[int, int, int] = (0, 1, 2)
    unit: float = 1.0
    torso: tuple[int, ...] = ()


def _columns(text: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, word.split('+'))) for word in text.split())


RAW_LAYOUTS = {
    'people3d': RawLayout(
        _columns('0 1 2 3 4 5 8 6 7 9 10 11 12 33 34 35 36 57 58 59 60 62 63 64 65')
    ),
    'human36m': RawLayout(
        _columns('0 12 13 14 15 1 2 3 4 6 7 8 9 25 26 27 30 17 18 19 22'),
        unit=100.0,
        torso=(0, 11, 12, 13, 17, 25),
    ),
    'nba2k': RawLayout(
        _columns('0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 21 22 23 24 30 31 32 33 34'),
        axes=(2, 0, 1),
    ),
    'amass': RawLayout(_columns('0 3 6 13+14 12 15 2 5 8 11 1 4 7 10 14 17 19 21 13 16 18 20')),
}


def encode_raw(raw: np.ndarray, name: str) -> Sequence3D:
    """Put a set's recording into the body-centred frame.

    Args:
        raw: Joints as the set has them, (T, R, 3): the 67 joints of 3DPeople, 32 of Human3.6M in
            millimetres, 35 of NBA2K, or at least 22 of AMASS.
        name: Name of the set and its skeleton.

    Returns:
        See :func:`encode_joints`.
    """
    layout = RAW_LAYOUTS[name]
    raw = np.asarray(raw, np.float64)[..., layout.axes] / layout.unit
    joints = np.stack([raw[:, columns].mean(1) for columns in layout.columns], 1)
    torso = raw[:, layout.torso] if layout.torso else None
    return encode_joints(joints, SKELETONS[name], torso)
