"""3D poses and their 2D views, which train the teacher."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .columns import frame_column, number_column
from .errors import FormatError
from .json_files import group_rows, read_json, rows_by_frame, write_json
from .pickles import read_pickle, write_pickle

POSE3D_FILE = 'ground_truth_3d_pose.pkl'
VIEW_DIR = 'cocopose'
LAYOUTS = ('human36m', 'multi_camera')


@dataclass
class Sequence3D:
    """A person's motion in a body-centred frame.

    Attributes:
        root: Position of the root joint, (T, 3) float32, in the set's unit.
        angle: Facing angle in degrees, (T,) float32.
        offsets: Parent to child, (T, B, 3) float32; z up, x to the side, y forward.
    """

    root: np.ndarray
    angle: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.angle)


@dataclass
class PoseViews:
    """2D detections of one 3D sequence, one row a frame and camera.

    Attributes:
        frame: (N,) int64.
        camera: Names, (N,) str.
        keypoints: COCO-17 x, y in pixels and score, (N, 17, 3) float32.
    """

    frame: np.ndarray
    camera: np.ndarray
    keypoints: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)


def read_poses3d(set_dir: str | Path) -> dict[tuple, Sequence3D]:
    """Read ``ground_truth_3d_pose.pkl``: ``{(person, action): [(root, angle, offsets), …]}``.

    Returns:
        Sequences by (person, action), or (person,) where the set has no actions.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged, unsafe or of another form, or a value is NaN.
    """
    path = Path(set_dir) / POSE3D_FILE
    content = read_pickle(path)
    if not isinstance(content, dict):
        raise FormatError(path, 'is not a dict of sequences; write it again')
    sequences = {}
    for key, rows in content.items():
        if not isinstance(rows, list) or any(
            not isinstance(row, (tuple, list)) or len(row) != 3 for row in rows
        ):
            raise FormatError(path, f'{key}: is not a list of (root, angle, offsets)')
        key = key if isinstance(key, tuple) else (key,)
        sequences[key] = _sequence(path, '/'.join(map(str, key)), rows)
    return sequences


def _sequence(path: Path, name: str, rows: list) -> Sequence3D:
    bones = np.shape(rows[0][2])[:1] if rows else (0,)
    return Sequence3D(
        number_column(path, f'root in {name}', [row[0] for row in rows], (3,)),
        number_column(path, f'facing angle in {name}', [row[1] for row in rows]),
        number_column(path, f'bone offset in {name}', [row[2] for row in rows], (*bones, 3)),
    )


def write_poses3d(set_dir: str | Path, sequences: dict[tuple, Sequence3D]) -> None:
    """Write ``ground_truth_3d_pose.pkl`` (see :func:`read_poses3d`)."""
    content = {
        key: [
            (np.asarray(root, np.float32), float(angle), np.asarray(offsets, np.float32))
            for root, angle, offsets in zip(s.root, s.angle, s.offsets, strict=True)
        ]
        for key, s in sequences.items()
    }
    write_pickle(Path(set_dir) / POSE3D_FILE, content)


def read_pose_views(
    set_dir: str | Path, layout: str, keys: Iterable[tuple] | None = None
) -> dict[tuple, PoseViews]:
    """Read the 2D detections under ``cocopose/``.

    Args:
        set_dir: Folder of the set.
        layout: ``'human36m'``, a file a camera (``person.action.camera.json.gz``); or
            ``'multi_camera'``, a file a sequence (``person__action.json.gz``,
            ``dataset_action.json.gz`` or ``person.json.gz``). Of several detections in a
            frame the best scored counts.
        keys: Keys of the 3D sequences, which tell where a file name such as ``a_b_c`` divides;
            by default they come from ``ground_truth_3d_pose.pkl`` where a name needs them.

    Returns:
        Views by the keys of :func:`read_poses3d`, by name.

    Raises:
        ValueError: If the layout is unknown.
        FileNotFoundError: If there is no such folder, or no 3D file to divide names by.
        FormatError: If a file is damaged or of another form.
    """
    _check_layout(layout)
    folder = Path(set_dir) / VIEW_DIR
    if not folder.is_dir():
        raise FileNotFoundError(f'{folder}: no such folder of 2D views')
    paths = sorted(p for p in folder.glob('*.json.gz') if not p.name.startswith('.'))
    if layout == 'human36m':
        return _read_camera_files(paths)
    stems = [path.name.removesuffix('.json.gz') for path in paths]
    if keys is None and any('_' in stem and '__' not in stem for stem in stems):
        keys = read_poses3d(set_dir)
    known = {name: key for key in keys or () for name in ('_'.join(key), '__'.join(key))}
    return {
        known.get(stem, tuple(stem.split('__'))): _read_sequence_file(path)
        for stem, path in zip(stems, paths, strict=True)
    }


def _check_layout(layout: str) -> None:
    if layout not in LAYOUTS:
        raise ValueError(f'layout {layout!r} is unknown; use one of {", ".join(LAYOUTS)}')


def _read_camera_files(paths: list[Path]) -> dict[tuple, PoseViews]:
    cameras: dict[tuple, list[PoseViews]] = {}
    for path in paths:
        parts = path.name.removesuffix('.json.gz').split('.')
        if len(parts) < 3:
            raise FormatError(path, 'is not named person.action.camera.json.gz')
        key = (parts[0], '.'.join(parts[1:-1]))
        cameras.setdefault(key, []).append(_read_camera_file(path, parts[-1]))
    return {key: _join(views) for key, views in cameras.items()}


def _read_camera_file(path: Path, camera: str) -> PoseViews:
    frames, (scores, _, keypoints) = rows_by_frame(path, read_json(path), 3)
    frame = frame_column(path, frames)
    score = number_column(path, 'score', scores, dtype=np.float64)
    keypoints = number_column(path, 'pose', keypoints, (17, 3))
    order = np.lexsort((-score, frame))
    best = order[np.unique(frame[order], return_index=True)[1]]
    return PoseViews(frame[best], np.full(len(best), camera), keypoints[best])


def _read_sequence_file(path: Path) -> PoseViews:
    frames, (cameras, detections) = rows_by_frame(path, read_json(path), 2)
    if any(not isinstance(detection, list) or not detection for detection in detections):
        raise FormatError(path, 'has a view that is not [camera, [… , keypoints]]')
    poses = [detection[-1] for detection in detections]
    return PoseViews(
        frame_column(path, frames),
        np.array([str(camera) for camera in cameras], dtype=np.str_),
        number_column(path, 'pose', poses, (17, 3)),
    )


def _join(views: list[PoseViews]) -> PoseViews:
    columns = (
        np.concatenate([getattr(view, name) for view in views])
        for name in ('frame', 'camera', 'keypoints')
    )
    return PoseViews(*columns)


def write_pose_views(set_dir: str | Path, layout: str, views: dict[tuple, PoseViews]) -> None:
    """Write the 2D detections under ``cocopose/`` (see :func:`read_pose_views`).

    Raises:
        ValueError: If the layout is unknown.
    """
    _check_layout(layout)
    folder = Path(set_dir) / VIEW_DIR
    for key, view in views.items():
        detections = [_detection(keypoints) for keypoints in view.keypoints]
        if layout == 'multi_camera':
            rows = [[str(c), d] for c, d in zip(view.camera, detections, strict=True)]
            write_json(folder / f'{"__".join(key)}.json.gz', group_rows(view.frame, rows))
            continue
        for camera in np.unique(view.camera):
            mine = np.flatnonzero(view.camera == camera)
            rows = group_rows(view.frame[mine], [detections[i] for i in mine])
            write_json(folder / f'{".".join((*key, str(camera)))}.json.gz', rows)


def _detection(keypoints: np.ndarray) -> list:
    keypoints = np.ascontiguousarray(keypoints, np.float32)
    low, high = keypoints[:, :2].min(0), keypoints[:, :2].max(0)
    return [keypoints[:, 2].mean(), np.concatenate([low, high - low]), keypoints]
