"""The state of a sport's data: what is there of each video, and what does not agree."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from vpd_mm.formats import (
    EMBEDDING_SUFFIX,
    VideoMeta,
    iter_frames,
    list_pose_videos,
    open_crops,
    probe_video,
    read_actions,
    read_boxes,
    read_embeddings,
    read_masks,
    read_meta,
    read_poses,
)

from .jobs import video_files, video_of

_FPS_TOLERANCE = 0.01


@dataclass
class VideoReport:
    """What is there of one video.

    Attributes:
        video: Its name.
        fps: Frame rate; None where nothing states it.
        frames: Number of frames by part: ``video``, ``poses``, ``boxes``, ``masks``, ``crops``,
            ``flow``, and ``embeddings/<name>``; a part that is missing is left out.
        problems: Sentences about what cannot be read or does not agree.
    """

    video: str
    fps: float | None = None
    frames: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class DataFolder:
    """Where the parts of each video lie under a sport's folder.

    Args:
        root: Folder of the sport, see ``data/README.md``.

    Raises:
        FileNotFoundError: There is no such folder, or no data in it.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            raise FileNotFoundError(f'{root}: there is no such folder')
        self.files = video_files(self.root / 'videos') if self._has('videos') else {}
        self.poses = list_pose_videos(self.root / 'pose') if self._has('pose') else {}
        self.crops = open_crops(self.root / 'crops') if self._has('crops') else None
        self.cropped = frozenset(self.crops.videos if self.crops else ())
        self.embeddings = {
            folder.name: {
                path.name.removesuffix(EMBEDDING_SUFFIX): path
                for path in _visible(folder)
                if path.name.endswith(EMBEDDING_SUFFIX)
            }
            for folder in _visible(self.root / 'embeddings')
            if folder.is_dir()
        }
        actions = self.root / 'actions.json'
        self.labelled = read_actions(actions).videos if actions.is_file() else {}

    @property
    def videos(self) -> list[str]:
        """Names of everything that is a video, a player of one, or made from one; sorted."""
        made = {*self.poses, *self.cropped}.union(*self.embeddings.values())
        filmed = set(self.files) - {video_of(name, self.files) for name in made}
        return sorted(made | filmed | set(self.labelled))

    @property
    def parts(self) -> list[str]:
        """Names of the parts that a video may have."""
        names = [f'embeddings/{name}' for name in self.embeddings]
        return ['video', 'poses', 'boxes', 'masks', 'crops', 'flow', *names]

    def _has(self, name: str) -> bool:
        return any(True for _ in _visible(self.root / name))


def report_video(video: str, data: DataFolder, deep: bool = False) -> VideoReport:
    """Look at everything there is of a video.

    Args:
        video: Its name.
        data: The folder it belongs to.
        deep: Also decode every frame of the video and every crop.
    """
    report = VideoReport(video)
    stated = _stated_facts(report, data, deep)
    frames = _frames_by_part(report, data, deep)
    report.frames |= {part: len(rows) for part, rows in frames.items()}
    length = _agreed(report, 'frames', {k: m.num_frames for k, m in stated.items()}, 0)
    report.fps = _agreed(report, 'fps', {k: m.fps for k, m in stated.items()}, _FPS_TOLERANCE)
    for part, rows in frames.items():
        if length and len(rows) and rows.max() >= length:
            report.problems.append(f'{part} have frame {rows.max()} of a video of {length} frames')
    _compare(report, frames)
    return report


def _stated_facts(report: VideoReport, data: DataFolder, deep: bool) -> dict[str, VideoMeta]:
    facts = {}
    path = data.files.get(video_of(report.video, data.files))
    if path is not None:
        facts['the video'] = _attempt(report, partial(probe_video, path))
        if deep and facts['the video'] is not None:
            count = _attempt(report, lambda: sum(1 for _ in iter_frames(path))) or 0
            facts['the video'].num_frames = count
        if facts['the video'] is not None:
            report.frames['video'] = facts['the video'].num_frames
    pose_dir = data.poses.get(report.video)
    if pose_dir is not None and (pose_dir / 'meta.json').is_file():
        facts['meta.json'] = _attempt(report, partial(read_meta, pose_dir))
    facts['actions.json'] = data.labelled.get(report.video)
    return {source: meta for source, meta in facts.items() if meta is not None}


def _frames_by_part(report: VideoReport, data: DataFolder, deep: bool) -> dict[str, np.ndarray]:
    video, readers = report.video, {}
    pose_dir = data.poses.get(video)
    if pose_dir is not None:
        names = dict(poses='coco_keypoints.json.gz', boxes='boxes.json', masks='mask.json.gz')
        functions = dict(poses=read_poses, boxes=read_boxes, masks=read_masks)
        for part, function in functions.items():
            path = pose_dir / names[part] if pose_dir.is_dir() else pose_dir
            if path.is_file() and (pose_dir.is_dir() or part == 'poses'):
                readers[part] = lambda path=path, function=function: np.unique(function(path).frame)
    if video in data.cropped:
        readers['crops'] = lambda: data.crops.frames(video)
        readers['flow'] = lambda: data.crops.frames(video, flow=True)
        if deep:
            _attempt(report, lambda: _read_crops(data.crops, video))
    for name, files in data.embeddings.items():
        if video in files:
            readers[f'embeddings/{name}'] = lambda path=files[video]: np.unique(
                read_embeddings(path).frame
            )
    frames = {part: _attempt(report, reader) for part, reader in readers.items()}
    return {
        part: rows
        for part, rows in frames.items()
        if rows is not None and (len(rows) or part != 'flow')
    }


def _compare(report: VideoReport, frames: dict[str, np.ndarray]) -> None:
    """Note where parts made from one another do not have the same frames."""
    sources = dict(crops=('boxes',), flow=('crops',))
    sources |= {part: ('poses', 'crops') for part in frames if part.startswith('embeddings/')}
    for part, names in sources.items():
        origins = {name: frames[name] for name in names if name in frames}
        if part not in frames or not origins:
            continue
        if not any(np.array_equal(frames[part], origin) for origin in origins.values()):
            counts = ' and '.join(f'{name} {len(rows)}' for name, rows in origins.items())
            report.problems.append(f'{part} have {len(frames[part])} frames, {counts}')


def _agreed(report: VideoReport, what: str, values: dict, tolerance: float) -> float | None:
    if values and max(values.values()) - min(values.values()) > tolerance:
        stated = ', '.join(f'{source} {value:g}' for source, value in values.items())
        report.problems.append(f'{what} disagree: {stated}')
    return next(iter(values.values()), None)


def _read_crops(crops, video: str) -> None:
    for frame in crops.frames(video).tolist():
        crops.read(video, frame)


def _attempt(report: VideoReport, function: Callable):
    try:
        return function()
    except (OSError, ValueError) as error:
        report.problems.append(str(error))
        return None


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith('.'))
