"""One function over many videos, in processes; a bad video does not stop the rest."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import cv2
from rich.progress import track

VIDEO_SUFFIXES = ('.mp4', '.avi', '.mkv', '.mov', '.webm')


def map_videos(
    function: Callable[[str], object],
    videos: Iterable[str],
    workers: int = 1,
    description: str = 'videos',
) -> dict[str, str]:
    """Call a function for every video, with a progress bar.

    Args:
        function: Takes a video's name; must be picklable when there are several workers.
        videos: Names.
        workers: Processes; 1 works in this one.
        description: Before the progress bar.

    Returns:
        What went wrong, one sentence by video, in the order of the videos.
    """
    videos = list(videos)
    workers = min(workers, len(videos))
    results = _in_pool(function, videos, workers) if workers > 1 else _here(function, videos)
    problems = dict(track(results, description, total=len(videos)))
    return {video: problems[video] for video in videos if problems[video]}


def find_jobs(
    video_dir: str | Path, pose_dir: str | Path, names: Iterable[str] | None = None
) -> tuple[dict[str, Path], dict[str, str]]:
    """Pair pose directories with videos.

    The video of a pose directory has its name, or its name without the ``front__`` or ``back__``
    that tells two players of one video apart.

    Args:
        video_dir: Folder of videos.
        pose_dir: Folder of pose directories.
        names: Pose directories wanted; by default all, and then every video needs one.

    Returns:
        Video file by pose directory's name, and what is missing by name.

    Raises:
        FileNotFoundError: If a folder is missing, or there is no pose directory at all.
    """
    files = {path.stem: path for path in sorted(Path(video_dir).iterdir()) if _is_video(path)}
    poses = {path.name for path in Path(pose_dir).iterdir() if _is_pose_directory(path)}
    if not poses:
        raise FileNotFoundError(f'{pose_dir}: has no pose directory; extract the poses first')
    if names is None:
        names = poses | (set(files) - {_video_of(name, files) for name in poses})
    videos, missing = {}, {}
    for name in sorted(names):
        if name not in poses:
            missing[name] = f'has no pose directory in {pose_dir}'
        elif _video_of(name, files) not in files:
            missing[name] = f'has no video in {video_dir}'
        else:
            videos[name] = files[_video_of(name, files)]
    return videos, missing


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith('.')


def _is_pose_directory(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith('.')


def _video_of(name: str, files: dict[str, Path]) -> str:
    player, _, video = name.partition('__')
    return video if name not in files and player in ('front', 'back') else name


def exit_with_failures(failures: dict[str, str]) -> None:
    """Where something failed, list it and end the program with status 1."""
    if failures:
        lines = [f'error: {video}: {problem}' for video, problem in failures.items()]
        sys.exit('\n'.join([*lines, f'{len(failures)} failed; run again to retry them']))


def available_cpus() -> int:
    """Processors that this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _attempt(function: Callable[[str], object], video: str) -> str | None:
    try:
        function(video)
    except (OSError, ValueError, ImportError) as error:
        return str(error)
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    return None


def _here(function, videos: list[str]) -> Iterator[tuple[str, str | None]]:
    for video in videos:
        yield video, _attempt(function, video)


def _in_pool(function, videos: list[str], workers: int) -> Iterator[tuple[str, str | None]]:
    # Forking a process that runs threads may hang; a fork server imports once and forks clean.
    method = 'forkserver' if 'forkserver' in multiprocessing.get_all_start_methods() else 'spawn'
    context = multiprocessing.get_context(method)
    if method == 'forkserver':
        context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(workers, context, _use_one_thread) as pool:
        futures = {pool.submit(_attempt, function, video): video for video in videos}
        for future in as_completed(futures):
            error = future.exception()
            yield futures[future], future.result() if error is None else f'worker ended: {error}'


def _use_one_thread() -> None:
    cv2.setNumThreads(1)
    os.environ['OPENCV_FFMPEG_CAPTURE_OPTIONS'] = 'threads;1'
