"""Reading BVH motion capture."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError

# The parser waits for ever for the motion of a file that is cut short.
_MOTION = re.compile(r'^\s*MOTION\s+Frames:\s*(\d+)\s+Frame Time:[ \t]*[\d.eE+-]+[ \t]*\n', re.M)


def import_bvhio():
    """The module bvhio.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        import bvhio
    except ImportError as error:
        raise ImportError(
            f"reading .bvh needs bvhio ({error}); run `pip install 'vpd_mm[pose3d]'`"
        ) from error
    return bvhio


def read_bvh(path: str | Path) -> tuple[list[str], np.ndarray]:
    """Read where the joints of a ``.bvh`` file are.

    Args:
        path: File, whose hierarchy is read by bvhio.

    Returns:
        Names (J,) of the joints in the order of the file, the end of a limb being called
        ``<joint>_end``; and their positions (T, J, 3) in the file's unit and axes.

    Raises:
        ImportError: If bvhio is not installed.
        FormatError: If the file is cut short or damaged.
    """
    bvhio = import_bvhio()
    text = Path(path).read_text(encoding='utf-8', errors='replace')
    motion = _MOTION.search(text)
    if motion is None:
        raise FormatError(path, 'has no HIERARCHY followed by MOTION; get the whole file')
    try:
        root = bvhio.readAsBvh(str(path), loadKeyFrames=False).Root
        columns = _columns(root, text[motion.end() :], int(motion[1]))
        ground, upright = np.zeros((columns.shape[1], 3)), np.eye(3)[None]
        names, xyz = zip(*_place(root, iter(columns), ground, upright), strict=True)
    except (IndexError, SyntaxError, ValueError) as error:
        raise FormatError(path, f'is not valid BVH ({error.args[0]}); get it again') from error
    return list(names), np.stack(xyz, 1)


def _columns(root, text: str, frames: int) -> np.ndarray:
    """Values (C, T) of the channels of all joints."""
    width = sum(len(joint.Channels) for joint, _, _ in root.layout())
    values = np.array(text.split(), np.float64)
    if len(values) != width * frames:
        raise ValueError(f'{len(values)} numbers for {frames} frames of {width} channels')
    return values.reshape(frames, width).T


def _place(
    joint, columns: Iterator[np.ndarray], xyz: np.ndarray, turn: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Names and positions (T, 3) of a joint and those below it, whose channels come next.

    Args:
        joint: The joint as bvhio has it.
        columns: Values (T,) of the channels from this joint's on.
        xyz: Positions (T, 3) of its parent.
        turn: Rotations (T, 3, 3) of its parent.
    """
    offset, rotation = _local(joint, columns, len(xyz))
    xyz = xyz + np.einsum('tij,tj->ti', turn, offset)
    turn = turn @ rotation
    yield joint.Name, xyz
    for child in joint.Children:
        yield from _place(child, columns, xyz, turn)
    if not joint.Children:
        yield f'{joint.Name}_end', xyz + turn @ np.array(joint.EndSite, np.float64)


def _local(joint, columns: Iterator[np.ndarray], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Offset (T, 3) and rotation (T, 3, 3) of a joint in its parent."""
    offset, rotation = np.tile(np.array(joint.Offset, np.float64), (frames, 1)), np.eye(3)
    for channel in joint.Channels:
        axis, kind = 'xyz'.find(channel[0].lower()), channel[1:].lower()
        if axis < 0 or kind not in ('position', 'rotation'):
            raise ValueError(f'unknown channel {channel}')
        if kind == 'rotation':
            rotation = rotation @ _turn(axis, np.radians(next(columns)))
        else:
            offset[:, axis] = next(columns)
    return offset, rotation


def _turn(axis: int, angle: np.ndarray) -> np.ndarray:
    """Matrices (T, 3, 3) that turn column vectors about a coordinate axis."""
    second, third = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((len(angle), 3, 3))
    matrix[:, axis, axis] = 1
    matrix[:, second, second] = matrix[:, third, third] = np.cos(angle)
    matrix[:, third, second] = np.sin(angle)
    matrix[:, second, third] = -np.sin(angle)
    return matrix
