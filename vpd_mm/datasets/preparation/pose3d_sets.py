"""The files in which the sets of 3D poses are given out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError, read_pickle


@dataclass(frozen=True)
class Pose3DSet:
    """How a set lies on disk.

    Attributes:
        layout: What a sequence's file or folder is called, for people to read.
        find: Takes the folder of the set; returns the sequences' files or folders by key.
        read: Takes one of them; returns its joints (T, R, 3) for
            :func:`vpd_mm.skeletons.encode_raw`.
    """

    layout: str
    find: Callable[[Path], dict[tuple, Path]]
    read: Callable[[Path], np.ndarray]


def find_people3d(root: Path) -> dict[tuple, Path]:
    """Folders ``person/action/camera01``, or ``person/action``, that hold the text files."""
    folders = _visible(root, '*/*/camera01')
    if folders:
        return {folder.relative_to(root).parts[:2]: folder for folder in folders}
    folders = dict.fromkeys(path.parent for path in _visible(root, '*/*/*.txt'))
    return {folder.relative_to(root).parts: folder for folder in folders}


def read_people3d(path: Path) -> np.ndarray:
    """Joints (T, 67, 3) of 3DPeople: a text file a frame, ``1.txt`` or ``0001.txt`` the first.

    A file has a row a joint: u, v, depth, and x, y, z with z up. The last three are the same for
    every camera.

    Raises:
        FormatError: A frame is missing, or not 67 rows of 6 numbers.
    """
    files = _visible(path, '*.txt')
    frames = {int(file.stem): file for file in files if file.stem.isdecimal()}
    if sorted(frames) != list(range(1, len(files) + 1)):
        raise FormatError(
            path, f'has not one text file for each frame from 1 to {len(files)}; get it again'
        )
    rows = [_read_text(frames[number]) for number in sorted(frames)]
    return np.array(rows, np.float64).reshape(len(rows), 67, 6)[..., 3:]


def _read_text(path: Path) -> list[float]:
    try:
        values = list(map(float, path.read_bytes().split()))
    except ValueError as error:
        raise FormatError(path, f'has something else than numbers ({error})') from error
    if len(values) != 67 * 6:
        raise FormatError(path, f'has {len(values)} numbers, not 6 for each of 67 joints')
    return values


def find_human36m(root: Path) -> dict[tuple, Path]:
    """Files ``person/MyPoseFeatures/D3_Positions/action.cdf``.

    Raises:
        ImportError: There are some, but cdflib is not installed.
    """
    files = _visible(root, '*/MyPoseFeatures/D3_Positions/*.cdf')
    if files:
        _import_cdflib()
    return {(file.parents[2].name, file.stem): file for file in files}


def read_human36m(path: Path) -> np.ndarray:
    """Joints (T, 32, 3) of Human3.6M in millimetres: the variable ``Pose`` of a CDF file.

    Raises:
        ImportError: If cdflib is not installed.
        FormatError: The file is damaged, or has no such variable of 96 columns.
    """
    cdflib = _import_cdflib()
    try:
        pose = np.asarray(cdflib.CDF(path).varget('Pose'), np.float64)
    except Exception as error:  # a damaged file may raise almost anything
        raise FormatError(path, f'is no CDF file with a variable Pose ({error})') from error
    if pose.shape[-1:] != (96,):
        raise FormatError(path, f'has poses of shape {pose.shape}, not of 96 columns')
    return pose.reshape(-1, 32, 3)


def _import_cdflib():
    try:
        import cdflib
    except ImportError as error:
        raise ImportError(
            f"reading .cdf needs cdflib ({error}); run `pip install 'vpd_mm[pose3d]'`"
        ) from error
    return cdflib


def find_nba2k(root: Path) -> dict[tuple, Path]:
    """Files ``player/release_player_2ku.pkl``."""
    files = _visible(root, '*/release_*_2ku.pkl')
    return {
        (file.parent.name,): file
        for file in files
        if file.name == f'release_{file.parent.name}_2ku.pkl'
    }


def read_nba2k(path: Path) -> np.ndarray:
    """Joints (T, 35, 3) of a player of NBA2K: the list ``j3d`` in a pickled dict.

    Raises:
        FormatError: The pickle is damaged or unsafe, has no such list, or not as many poses as the
            folder ``images/2ku`` has images.
    """
    content = read_pickle(path)
    if not isinstance(content, dict) or 'j3d' not in content:
        raise FormatError(path, 'is no dict with the joints j3d')
    try:
        joints = np.array(content['j3d'], np.float64)
    except (TypeError, ValueError) as error:
        raise FormatError(path, f'has j3d that are not all alike ({error})') from error
    if joints.shape[1:] != (35, 3):
        raise FormatError(path, f'has j3d of shape {joints.shape}, not (frames, 35, 3)')
    images = path.parent / 'images' / '2ku'
    if images.is_dir():
        _check_images(path, len(joints), len(_visible(images, '*')))
    return joints


def find_amass(root: Path) -> dict[tuple, Path]:
    """Files ``dataset_action/pose.npy``."""
    files = _visible(root, '*/pose.npy')
    return {tuple(file.parent.name.split('_', 1)): file for file in files}


def read_amass(path: Path) -> np.ndarray:
    """Joints (T, 22, 3) of a rendered sequence of AMASS, z up; of more, the first 22.

    Raises:
        FormatError: The file is damaged, has fewer joints, or not as many poses as its folder has
            images ``<frame>_<view>``, if any.
    """
    try:
        joints = np.load(path, allow_pickle=False)
    except (EOFError, OSError, ValueError) as error:
        raise FormatError(path, f'is no complete .npy file of numbers ({error})') from error
    if joints.ndim != 3 or joints.shape[1] < 22 or joints.shape[2] != 3:
        raise FormatError(path, f'has the shape {joints.shape}, not (frames, 22 or more, 3)')
    names = [file.name for pattern in ('*.jpg', '*.png') for file in _visible(path.parent, pattern)]
    if names:
        _check_images(path, len(joints), len({name.split('_')[0] for name in names}))
    return joints[:, :22].astype(np.float64)


def _check_images(path: Path, poses: int, images: int) -> None:
    if poses != images:
        raise FormatError(path, f'has {poses} poses for {images} images; get the set again')


def _visible(folder: Path, pattern: str) -> list[Path]:
    """Paths by a pattern, but for hidden ones, such as ``._x`` and ``.tmp-x``."""
    paths = folder.glob(pattern)
    return sorted(p for p in paths if '/.' not in f'/{p.relative_to(folder).as_posix()}')


POSE3D_SETS = {
    'people3d': Pose3DSet('<person>/<action>/camera01/<frame>.txt', find_people3d, read_people3d),
    'human36m': Pose3DSet(
        '<person>/MyPoseFeatures/D3_Positions/<action>.cdf', find_human36m, read_human36m
    ),
    'nba2k': Pose3DSet('<player>/release_<player>_2ku.pkl', find_nba2k, read_nba2k),
    'amass': Pose3DSet('<dataset>_<action>/pose.npy', find_amass, read_amass),
}
