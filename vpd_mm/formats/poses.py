"""2D poses, boxes and video facts of the pose folders."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .columns import distinct_frames, frame_column, number_column
from .errors import FormatError
from .json_files import group_rows, read_json, rows_by_frame, write_json

POSE_FILE = 'coco_keypoints.json.gz'
BOX_FILE = 'boxes.json'
META_FILE = 'meta.json'


@dataclass
class Poses:
    """Detected people of one video, one row a detection; a frame may have several rows.

    Attributes:
        frame: Frame numbers, (N,) int64.
        score: Detection scores, (N,) float32.
        box: x, y, width, height in pixels, (N, 4) float32.
        keypoints: COCO-17 x, y in pixels and score, (N, 17, 3) float32.
    """

    frame: np.ndarray
    score: np.ndarray
    box: np.ndarray
    keypoints: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)


@dataclass
class Boxes:
    """The athlete's box in each frame where it is known.

    Attributes:
        frame: Frame numbers, (N,) int64.
        box: x, y, width, height in pixels, (N, 4) float64.
    """

    frame: np.ndarray
    box: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)


@dataclass
class VideoMeta:
    """Frame rate, number of frames and frame size (pixels) of a video."""

    fps: float
    num_frames: int
    width: int
    height: int


def _file_in(path: str | Path, name: str) -> Path:
    path = Path(path)
    return path / name if path.is_dir() else path


def read_poses(path: str | Path, min_score: float = 0.0) -> Poses:
    """Read the 2D poses of one video.

    Args:
        path: A pose folder, or the ``*.json.gz`` itself:
            ``[[frame, [[score, [x, y, w, h], [[x, y, score] x 17]], …]], …]``.
        min_score: Detections below it are left out.

    Returns:
        Poses: The detections in the order of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged or of another form.
    """
    path = _file_in(path, POSE_FILE)
    frames, (scores, boxes, keypoints) = rows_by_frame(path, read_json(path), 3)
    frame = frame_column(path, frames)
    score = number_column(path, 'score', scores, dtype=np.float64)
    box = number_column(path, 'box', boxes, (4,))
    keypoints = number_column(path, 'pose', keypoints, (17, 3))
    keep = score >= min_score
    return Poses(frame[keep], score[keep].astype(np.float32), box[keep], keypoints[keep])


def write_poses(path: str | Path, poses: Poses) -> None:
    """Write 2D poses, sorted by frame.

    Args:
        path: A pose folder, or a name that ends in ``.json.gz``.
        poses (Poses): The detections.
    """
    path = Path(path)
    if not path.name.endswith('.json.gz'):
        path = path / POSE_FILE
    columns = (
        np.ascontiguousarray(column, np.float32)
        for column in (poses.score, poses.box, poses.keypoints)
    )
    rows = [list(row) for row in zip(*columns, strict=True)]
    write_json(path, group_rows(poses.frame, rows))


def read_boxes(path: str | Path) -> Boxes:
    """Read the athlete's boxes of one video: ``[[frame, [x, y, w, h]], …]``.

    Args:
        path: A pose folder, or the ``boxes.json`` itself.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged or of another form.
    """
    path = _file_in(path, BOX_FILE)
    content = read_json(path)
    if not isinstance(content, list) or any(
        not isinstance(row, list) or len(row) != 2 for row in content
    ):
        raise FormatError(path, 'is not a list of [frame, [x, y, w, h]]; write it again')
    frame = frame_column(path, [row[0] for row in content])
    distinct_frames(path, Counter(frame.tolist()))
    return Boxes(frame, number_column(path, 'box', [row[1] for row in content], (4,), np.float64))


def write_boxes(path: str | Path, boxes: Boxes) -> None:
    """Write boxes into a pose folder, or to a name that ends in ``.json``."""
    path = Path(path)
    path = path if path.suffix == '.json' else path / BOX_FILE
    box = np.asarray(boxes.box, np.float64).tolist()
    write_json(path, [[int(f), row] for f, row in zip(boxes.frame, box, strict=True)])


def _video_meta(path: str | Path, content) -> VideoMeta:
    try:
        meta = VideoMeta(
            float(content['fps']),
            int(content['num_frames']),
            int(content['width']),
            int(content['height']),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FormatError(path, 'lacks a number fps, num_frames, width or height') from error
    if not 0 < meta.fps < float('inf') or min(meta.num_frames, meta.width, meta.height) < 0:
        raise FormatError(path, 'has a frame rate, number of frames or size that cannot be')
    return meta


def read_meta(pose_dir: str | Path) -> VideoMeta:
    """Read ``meta.json`` of a pose folder.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If a value is missing or impossible.
    """
    path = _file_in(pose_dir, META_FILE)
    return _video_meta(path, read_json(path))


def write_meta(pose_dir: str | Path, meta: VideoMeta) -> None:
    """Write ``meta.json`` into a pose folder."""
    write_json(Path(pose_dir) / META_FILE, vars(meta))


def read_video_metadata(path: str | Path) -> dict[str, VideoMeta]:
    """Read the facts of many videos: ``{video: {fps, num_frames, width, height}}``.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If a value is missing or impossible.
    """
    content = read_json(path)
    if not isinstance(content, dict):
        raise FormatError(path, 'is not an object of videos')
    return {video: _video_meta(f'{path}: {video}', meta) for video, meta in content.items()}


def list_pose_videos(root: str | Path) -> dict[str, Path]:
    """Find the videos that have poses or boxes.

    Args:
        root: Folder of pose folders (``<video>/``) or of files (``<video>.json.gz``).

    Returns:
        Video name to the path that :func:`read_poses` takes, sorted by name.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    videos = {}
    for path in Path(root).iterdir():
        if path.name.startswith('.'):
            continue
        if path.name.endswith('.json.gz'):
            videos[path.name.removesuffix('.json.gz')] = path
        elif (path / POSE_FILE).is_file() or (path / BOX_FILE).is_file():
            videos[path.name] = path
    return dict(sorted(videos.items()))
