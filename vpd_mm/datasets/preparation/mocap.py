"""Reading motion capture of any joint set."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from vpd_mm.formats import FormatError
from vpd_mm.skeletons import Skeleton

from .bvh import read_bvh

MOCAP_SUFFIXES = ('.npz', '.bvh')
_TO_Z_UP = {
    'x': np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]),
    'y': np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
    'z': np.eye(3, dtype=int),
}


@dataclass
class Mocap:
    """Sequences of one file.

    Attributes:
        joints: Names of the joints, (J,).
        up: Axis that points up: 'x', 'y' or 'z'.
        xyz: Right-handed positions of all sequences behind each other, (F, J, 3).
        names: Names of the sequences, (S,).
        lengths: Their numbers of frames, (S,).
    """

    joints: list[str]
    up: str
    xyz: np.ndarray
    names: list[str]
    lengths: np.ndarray


def read_mocap(path: str | Path, name: str, up: str = 'y') -> Mocap:
    """Read a file of motion capture.

    Args:
        path: ``.bvh``, or ``.npz`` with ``xyz`` (F, J, 3) and the names ``joints`` (J,); where
            several sequences lie behind each other also their ``lengths`` (S,) and ``names`` (S,);
            and the axis ``up``. Other arrays, such as ``parents`` and ``fps``, do not count.
        name: What sequences without a name are called; where there are several, with a number.
        up: Axis that points up where the file does not say: 'x', 'y' or 'z'.

    Raises:
        FileNotFoundError: There is no such file.
        FormatError: It is of another form.
    """
    path = Path(path)
    if path.suffix == '.bvh':
        joints, xyz = read_bvh(path)
        return Mocap(joints, up, xyz, [name], np.array([len(xyz)]))
    if path.suffix == '.npz':
        return _read_npz(path, name, up)
    raise FormatError(path, 'is neither .npz nor .bvh; convert it to one of them')


def _read_npz(path: Path, name: str, up: str) -> Mocap:
    try:
        with np.load(path, allow_pickle=False) as archive:
            data = dict(archive)
    except (BadZipFile, EOFError, TypeError, ValueError) as error:
        raise FormatError(path, f'is no complete .npz of plain arrays ({error})') from error
    missing = {'xyz', 'joints'} - set(data)
    if missing:
        raise FormatError(path, f'lacks the arrays {", ".join(sorted(missing))}')
    if data['xyz'].ndim != 3 or data['joints'].ndim != 1:
        raise FormatError(path, 'has `xyz` other than (frames, joints, 3), or no list of `joints`')
    lengths = np.atleast_1d(data.get('lengths', len(data['xyz'])))
    names = [name] if len(lengths) == 1 else [f'{name}_{i:04d}' for i in range(len(lengths))]
    names = data['names'].tolist() if 'names' in data else names
    mocap = Mocap(data['joints'].tolist(), str(data.get('up', up)), data['xyz'], names, lengths)
    _check(path, mocap)
    return mocap


def _check(path: Path, mocap: Mocap) -> None:
    if mocap.up not in _TO_Z_UP:
        raise FormatError(path, f'has the axis `up` {mocap.up!r}; it is x, y or z')
    if mocap.xyz.shape[1:] != (len(mocap.joints), 3) or mocap.xyz.dtype.kind not in 'iuf':
        raise FormatError(
            path,
            f'has `xyz` of shape {mocap.xyz.shape}, not numbers (frames, '
            f'{len(mocap.joints)} joints, 3)',
        )
    whole = mocap.lengths.dtype.kind in 'iu' and (mocap.lengths >= 0).all()
    if not whole or mocap.lengths.sum() != len(mocap.xyz) or len(mocap.lengths) != len(mocap.names):
        raise FormatError(
            path, 'has `lengths` that do not add up to the frames, or not one of the `names` each'
        )


def split_mocap(
    path: str | Path, mocap: Mocap, skeleton: Skeleton
) -> Iterator[tuple[str, np.ndarray]]:
    """Names and joints (T, J, 3) of the sequences, in the skeleton's order, with z up.

    Raises:
        FormatError: Joints of the skeleton are missing.
    """
    missing = sorted(set(skeleton.joints) - set(mocap.joints))
    if missing:
        raise FormatError(
            path,
            f'lacks the joints {", ".join(missing)} of skeleton {skeleton.name}; '
            f'it has {", ".join(mocap.joints)}',
        )
    order = [mocap.joints.index(joint) for joint in skeleton.joints]
    ends = np.cumsum(mocap.lengths)
    for name, start, end in zip(mocap.names, ends - mocap.lengths, ends, strict=True):
        yield name, mocap.xyz[start:end, order] @ _TO_Z_UP[mocap.up].T
