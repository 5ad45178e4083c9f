"""Reading and writing video files frame after frame."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from .atomic import atomic_path
from .errors import FormatError
from .poses import VideoMeta


def _open(path: str | Path) -> cv2.VideoCapture:
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: no such video; check the name and the folder')
    # As many threads as OpenCV has elsewhere: one where every process has a video of its own.
    threads = [cv2.CAP_PROP_N_THREADS, cv2.getNumThreads()]
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, threads)
    if not capture.isOpened():
        raise FormatError(path, 'cannot be opened as a video; is it complete?')
    return capture


def probe_video(path: str | Path) -> VideoMeta:
    """Facts of a video as its container states them (the number of frames may be an estimate).

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is not a video.
    """
    capture = _open(path)
    try:
        return VideoMeta(
            float(capture.get(cv2.CAP_PROP_FPS)),
            max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT))),
            int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
    finally:
        capture.release()


def iter_frames(path: str | Path) -> Iterator[np.ndarray]:
    """Decode a video in order; gives (H, W, 3) uint8 RGB frames, frame 0 first.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is not a video or no frame decodes.
    """
    capture = _open(path)
    try:
        decoded = False
        while True:
            ok, frame = capture.read()
            if not ok:
                break
            decoded = True
            yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        if not decoded:
            raise FormatError(path, 'no frame decodes; is it complete?')
    finally:
        capture.release()


def scan_frames(path: str | Path, wanted: Collection[int]) -> Iterator[tuple[int, np.ndarray]]:
    """Decode a video in order, but convert only some frames.

    Args:
        path: The video.
        wanted: Frame numbers, from 0.

    Yields:
        tuple[int, np.ndarray]: A wanted frame's number and (H, W, 3) uint8 BGR; the array is
        used again for the next frame.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is not a video or ends before the last wanted frame.
    """
    if not wanted:
        return
    last, image = max(wanted), None
    capture = _open(path)
    try:
        for frame in range(last + 1):
            if not capture.grab():
                raise FormatError(
                    path,
                    f'ends after {frame} frames, but frame {last} is wanted; is it complete, and '
                    'are the boxes those of this video?',
                )
            if frame in wanted:
                _, image = capture.retrieve(image)
                yield frame, image
    finally:
        capture.release()


def write_video(path: str | Path, frames: Iterable[np.ndarray], fps: float) -> None:
    """Write (H, W, 3) uint8 RGB frames as an MP4 (MPEG-4 part 2), atomically.

    Raises:
        ValueError: If there is no frame, or frames differ in size.
        OSError: If the video cannot be written.
    """
    writer = size = None
    with atomic_path(path) as temporary:
        try:
            for frame in frames:
                if writer is None:
                    size = frame.shape
                    fourcc = cv2.VideoWriter_fourcc(*'mp4v')
                    writer = cv2.VideoWriter(str(temporary), fourcc, fps, (size[1], size[0]))
                    if not writer.isOpened():
                        raise OSError(f'{path}: cannot be written; end the name in .mp4')
                if frame.shape != size:
                    raise ValueError(f'{path}: frames of {size} and {frame.shape} in one video')
                writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        finally:
            if writer is not None:
                writer.release()
        if writer is None:
            raise ValueError(f'{path}: no frame to write')
