"""One function over many videos, in processes; a bad video does not stop the rest."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import cv2
from rich.progress import track

from vpd_mm.formats import PLAYERS

VIDEO_SUFFIXES = ('.mp4', '.avi', '.mkv', '.mov', '.webm')
_NO_DASK = '--scheduler needs Dask; run `pip install "vpd_mm[cluster]"`, or use --workers'


def map_videos(
    function: Callable[[str], object],
    videos: Iterable[str],
    workers: int = 1,
    description: str = 'videos',
    scheduler: str | None = None,
) -> dict[str, str]:
    """Call a function for every video, with a progress bar.

    What was running on a worker of a cluster that is lost runs again on another one, so the
    function has to be one that may be called twice.

    Args:
        function: Takes a video's name; must be picklable when there are several workers.
        videos: Names.
        workers: Processes; 1 works in this one.
        description: Before the progress bar.
        scheduler: Address of a Dask scheduler, whose workers work instead.

    Returns:
        What went wrong, one sentence by video, in the order of the videos.

    Raises:
        ImportError: If there is a scheduler, but Dask is not installed.
        ValueError: If the scheduler does not answer.
    """
    videos = list(videos)
    workers = min(workers, len(videos))
    if scheduler:
        results = _in_executor(function, videos, _cluster(scheduler))
    elif workers > 1:
        results = _in_executor(function, videos, process_pool(workers))
    else:
        results = ((video, _attempt(function, video)) for video in videos)
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
    files = video_files(video_dir)
    poses = {path.name for path in Path(pose_dir).iterdir() if _is_pose_directory(path)}
    if not poses:
        raise FileNotFoundError(f'{pose_dir}: has no pose directory; extract the poses first')
    if names is None:
        names = poses | (set(files) - {video_of(name, files) for name in poses})
    videos, missing = {}, {}
    for name in sorted(names):
        if name not in poses:
            missing[name] = f'has no pose directory in {pose_dir}'
        elif video_of(name, files) not in files:
            missing[name] = f'has no video in {video_dir}'
        else:
            videos[name] = files[video_of(name, files)]
    return videos, missing


def video_files(folder: str | Path) -> dict[str, Path]:
    """The videos in a folder, by name, sorted; hidden files are none."""
    return {
        path.stem: path
        for path in sorted(Path(folder).iterdir())
        if path.suffix.lower() in VIDEO_SUFFIXES and not path.name.startswith('.')
    }


def _is_pose_directory(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith('.')


def video_of(name: str, files: dict[str, Path]) -> str:
    """Name of the video file that a video, or a player of it, comes from."""
    player, _, video = name.partition('__')
    return video if name not in files and player in PLAYERS else name


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


def _in_executor(function, videos: list[str], executor) -> Iterator[tuple[str, str | None]]:
    with executor as pool:
        futures = {pool.submit(_attempt_alone, function, video): video for video in videos}
        for future in as_completed(futures):
            error = future.exception()
            yield futures[future], future.result() if error is None else f'worker ended: {error}'


def process_pool(workers: int) -> Executor:
    """Processes that each have one core."""
    # Forking a process that runs threads may hang; a fork server imports once and forks clean.
    method = 'forkserver' if 'forkserver' in multiprocessing.get_all_start_methods() else 'spawn'
    context = multiprocessing.get_context(method)
    if method == 'forkserver':
        context.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(workers, context)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        raise ImportError(_NO_DASK) from error
    client, problem = None, ''
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        problem = f'{address}: no Dask scheduler answers there ({error})'
    if client is None:
        raise ValueError(problem)
    with client:
        yield client.get_executor(pure=False)


def _attempt_alone(function: Callable[[str], object], video: str) -> str | None:
    """Attempt in a process that is one of several: it has one core."""
    cv2.setNumThreads(1)
    return _attempt(function, video)


def _attempt(function: Callable[[str], object], video: str) -> str | None:
    try:
        function(video)
    except OSError as error:
        return f'{error.filename}: {error.strerror}' if error.filename else str(error)
    except (ValueError, ImportError) as error:
        return str(error)
    except Exception as error:
        return f'{type(error).__name__}: {error}'
    return None
