"""Motion capture to the published layout of 3D poses."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError, Sequence3D
from vpd_mm.skeletons import Skeleton, encode_joints

_TO_Z_UP = {
    'x': np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    'y': np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
    'z': np.eye(3, dtype=int),
}


def convert_mocap(
    path: str | Path, skeleton: Skeleton, person: str, exclude: str | None = None
) -> dict[tuple, Sequence3D]:
    """Encode the sequences of a motion capture file.

    Args:
        path: ``.npz`` with ``xyz`` (F, J, 3) right-handed, of all sequences behind each other;
            their ``lengths`` (S,) and ``names`` (S,); the names ``joints`` (J,); and the axis
            ``up``: 'x', 'y' or 'z'.
        skeleton: Joint set whose joints the file holds, in any order.
        person: Regular expression whose first group, in a sequence's name, is the person; what is
            left of the name is the action.
        exclude: Regular expression for names of sequences to leave out.

    Returns:
        Sequences by (person, action).

    Raises:
        FormatError: The file lacks an array or a joint, a name has no person, or two sequences
            have one key.
    """
    data = _read(path)
    order = _joint_order(path, data['joints'].tolist(), skeleton)
    turn = _TO_Z_UP[str(data['up'])]
    sequences: dict[tuple, Sequence3D] = {}
    for name, xyz in _split(data):
        if exclude and re.search(exclude, name):
            continue
        key = _key(path, name, person)
        if key in sequences:
            raise FormatError(path, f'two sequences are {"/".join(key)}; choose another `person`')
        sequences[key] = encode_joints(xyz[:, order] @ turn.T, skeleton)
    return sequences


def _read(path: str | Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as archive:
        data = dict(archive)
    missing = {'xyz', 'lengths', 'names', 'joints', 'up'} - set(data)
    if missing:
        raise FormatError(path, f'lacks the arrays {", ".join(sorted(missing))}')
    if str(data['up']) not in _TO_Z_UP or data['lengths'].sum() != len(data['xyz']):
        raise FormatError(
            path, 'has an axis `up` other than x, y, z, or lengths that do not add up'
        )
    return data


def _joint_order(path: str | Path, joints: list[str], skeleton: Skeleton) -> list[int]:
    missing = sorted(set(skeleton.joints) - set(joints))
    if missing:
        raise FormatError(
            path, f'lacks the joints {", ".join(missing)} of skeleton {skeleton.name}'
        )
    return [joints.index(joint) for joint in skeleton.joints]


def _split(data: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    parts = np.split(data['xyz'], np.cumsum(data['lengths'])[:-1])
    return zip(data['names'].tolist(), parts, strict=True)


def _key(path: str | Path, name: str, person: str) -> tuple[str, str]:
    match = re.search(person, name)
    if match is None or not match.re.groups or not match.group(1):
        raise FormatError(path, f'no person in the name {name!r} by {person!r}; choose another')
    start, end = match.span(1)
    action = f'{name[:start].rstrip("_")}_{name[end:].lstrip("_")}'.strip('_')
    return match.group(1), action or 'action'
