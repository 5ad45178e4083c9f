"""Parts of long videos as videos of their own, exact to the frame."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import numpy as np

from vpd_mm.formats import FormatError, atomic_path, probe_video
from vpd_mm.formats.segments import Segment

from .jobs import VIDEO_SUFFIXES

_CODEC = 'libx264'
# Without the macroblock tree: it starves what moves fast, and its result varies from run to run
# where the width is no multiple of 128.
_OPTIONS = {'crf': '18', 'preset': 'veryfast', 'mbtree': '0'}
_LARGEST_DRIFT = 0.5  # seconds


@dataclass(frozen=True)
class Cut:
    """Frames of a video from ``start`` to before ``end``, counted in the order they are shown."""

    source: Path
    start: int
    end: int
    fps: float


@dataclass(frozen=True)
class FrameIndex:
    """When the frames of a video are shown.

    Attributes:
        num_frames: How many there are, N.
        shown: Their times in units of the time base, ascending, (N,) int64; empty where the file
            does not tell.
        keys: The frames that decoding can begin at: when shown and when decoded, (K, 2) int64.
        time_base: Seconds of a unit.
        rate: Frames a second.
        pixel_shape: Width of a pixel by its height, if stated.
    """

    num_frames: int
    shown: np.ndarray
    keys: np.ndarray
    time_base: Fraction
    rate: Fraction
    pixel_shape: Fraction | None


def import_av():
    """PyAV with an H.264 encoder.

    Raises:
        ImportError: If PyAV is not installed or cannot write H.264.
    """
    try:
        import av
    except ImportError as error:
        raise ImportError(
            f"cutting videos needs PyAV ({error}); run `pip install 'vpd_mm[video]'`"
        ) from error
    if _CODEC not in av.codecs_available:
        raise ImportError(f'this PyAV lacks {_CODEC}; run `pip install --force-reinstall av`')
    return av


def plan_cuts(
    video_dir: str | Path, segments: Iterable[Segment]
) -> tuple[dict[str, Cut], dict[str, str]]:
    """Find the files and, by their frame rates, the frames of segments.

    Args:
        video_dir: Folder of videos.
        segments: What to cut out of them.

    Returns:
        Cuts by the name of the new video, and what is wrong by the name of the source.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    if not Path(video_dir).is_dir():
        raise FileNotFoundError(f'{video_dir}: no such folder of videos')
    paths = sorted(Path(video_dir).iterdir())
    files = {path.stem: path for path in paths if path.suffix.lower() in VIDEO_SUFFIXES}
    rates, cuts, problems = {}, {}, {}
    for segment in segments:
        video = segment.video
        if video not in files:
            problems[video] = f'has no video in {video_dir}'
        elif video not in problems:
            try:
                fps = rates[video] = rates.get(video) or _frame_rate(files[video])
            except (OSError, ValueError) as error:
                problems[video] = str(error)
            else:
                cuts[segment.name(fps)] = Cut(files[video], *segment.frames(fps), fps)
    return cuts, problems


def _frame_rate(path: Path) -> float:
    fps = probe_video(path).fps
    if not fps > 0:
        raise FormatError(path, 'states no frame rate')
    return fps


def frame_time(frame, fps):
    """When a frame is shown, in seconds after the first; for numbers or arrays."""
    return frame / fps


def cut_video(cut: Cut, path: str | Path) -> None:
    """Write frames of a video as an MP4 (H.264, no sound) of the same size and frame rate.

    Args:
        cut (Cut): The frames.
        path: The new video; it appears when it is complete.

    Raises:
        ImportError: If PyAV is not installed.
        FormatError: If the video ends before, cannot be decoded, or its frame rate varies.
        OSError: If the new video cannot be written.
    """
    import_av()
    index = _index_of(cut.source, cut.source.stat().st_mtime_ns)
    _check(cut, index)
    with atomic_path(path) as temporary:
        _encode(_frames(cut, index), index, temporary, path)
        if read_frame_index(temporary).num_frames != cut.end - cut.start:
            raise FormatError(cut.source, f'frames {cut.start} to {cut.end} do not all decode')


def _check(cut: Cut, index: FrameIndex) -> None:
    if cut.end > index.num_frames:
        length = frame_time(index.num_frames, cut.fps)
        raise FormatError(
            cut.source,
            f'has {index.num_frames} frames ({length:.2f} s), so frames {cut.start} to {cut.end} '
            f'({frame_time(cut.start, cut.fps):.2f} to {frame_time(cut.end, cut.fps):.2f} s) '
            'cannot be cut; correct the list',
        )
    if len(index.shown):
        frames = np.array([cut.start, cut.end - 1])
        times = (index.shown[frames] - index.shown[0]) * float(index.time_base)
        if np.abs(times - frame_time(frames, cut.fps)).max() > _LARGEST_DRIFT:
            raise FormatError(
                cut.source, 'has no constant frame rate; convert it to a constant one first'
            )


def read_frame_index(path: str | Path) -> FrameIndex:
    """Read when the frames of a video are shown, without decoding it.

    Raises:
        ImportError: If PyAV is not installed.
        FormatError: If the file is not a video.
    """
    av = import_av()
    shown, keys = [], []
    try:
        with av.open(str(path)) as container:
            stream = container.streams.best('video')
            if stream is None:
                raise ValueError('no picture')
            for packet in container.demux(stream):
                if packet.size and packet.is_keyframe and packet.pts is not None:
                    keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
                if packet.size and not packet.is_discard:
                    shown.append(packet.pts)
            rate = Fraction(stream.average_rate or stream.guessed_rate or 0)
            facts = stream.time_base, rate, stream.sample_aspect_ratio
            # AVI holds no times of display, and a packet of VP8 may hold a frame that is not shown.
            known = container.format.name != 'avi' and stream.codec_context.name != 'vp8'
    except (av.error.FFmpegError, ValueError) as error:
        raise FormatError(path, 'cannot be opened as a video; is it complete?') from error
    known = known and keys and None not in shown and len(set(shown)) == len(shown)
    times = np.array(sorted(shown) if known else [], np.int64)
    return FrameIndex(len(shown), times, np.array(keys, np.int64).reshape(-1, 2), *facts)


_index_of = lru_cache(maxsize=1)(lambda path, modified: read_frame_index(path))


def _frames(cut: Cut, index: FrameIndex) -> Iterator:
    """Decoded frames of a cut, upright; less than it names where some do not decode."""
    shown = index.shown[cut.start : cut.end]
    if not len(shown):
        yield from islice(_decode(cut.source), cut.start, cut.end)
        return
    key = index.keys[index.keys[:, 0] <= shown[0], 1].max(initial=index.keys[0, 1])
    frames = _decode(cut.source, int(key))
    first = next(frames, None)
    if first is None or first.pts > shown[0]:  # the file's own index is wrong
        frames = _decode(cut.source)
    else:
        frames = chain([first], frames)
    for frame in frames:
        if frame.pts > shown[-1]:
            return
        if frame.pts >= shown[0]:
            yield frame


def _decode(path: Path, position: int | None = None) -> Iterator:
    av = import_av()
    try:
        with av.open(str(path)) as container:
            stream = container.streams.best('video')
            stream.thread_type = 'AUTO'
            if position is not None:
                container.seek(position, stream=stream)
            yield from container.decode(stream)
    except av.error.FFmpegError as error:
        raise FormatError(path, f'cannot be decoded ({error.strerror}); is it complete?') from error


def _encode(frames: Iterable, index: FrameIndex, temporary: Path, path: str | Path) -> None:
    av = import_av()
    try:
        with av.open(str(temporary), 'w') as container:
            stream = None
            for number, frame in enumerate(map(_upright, frames)):
                stream = stream or _add_stream(container, frame, index)
                frame.pts, frame.time_base, frame.pict_type = number, 1 / index.rate, 0
                container.mux(stream.encode(frame))
            if stream is not None:
                container.mux(stream.encode())
    except av.error.FFmpegError as error:
        raise OSError(f'{path}: cannot be written ({error.strerror})') from error


def _add_stream(container, frame, index: FrameIndex):
    """An H.264 stream that keeps what a frame looks like; the same bytes on every machine."""
    stream = container.add_stream(_CODEC, rate=index.rate, options=_OPTIONS)
    context = stream.codec_context
    context.thread_count = 1
    context.width, context.height = frame.width, frame.height
    if index.pixel_shape:
        context.sample_aspect_ratio = index.pixel_shape
    formats = {form.name for form in context.codec.video_formats}
    if frame.width % 2 or frame.height % 2:
        context.pix_fmt = 'yuv444p'
    elif frame.format.name in formats:
        context.pix_fmt = frame.format.name
    else:
        context.pix_fmt = 'yuv420p'
    if context.pix_fmt == frame.format.name:
        for name in ('color_range', 'colorspace', 'color_primaries', 'color_trc'):
            setattr(context, name, getattr(frame, name))
    return stream


def _upright(frame):
    """The frame as it is to be shown, where the camera was held sideways."""
    quarters = round(frame.rotation / 90) % 4
    if not quarters:
        return frame
    turned = np.rot90(frame.to_ndarray(format='rgb24'), quarters)
    return import_av().VideoFrame.from_ndarray(np.ascontiguousarray(turned), format='rgb24')
