"""From a video and its pose folder to the athlete's crops, in one pass over the video."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vpd_mm.formats import (
    Crop,
    FormatError,
    atomic_directory,
    encode_flow,
    iter_frames,
    list_crop_frames,
    probe_video,
    read_boxes,
    read_crop,
    read_masks,
    read_previous_crop,
    write_crop,
    write_flow,
)

from .crops import (
    corner_boxes,
    cut_resized,
    pad_boxes,
    paste_mask,
    previous_frame_gap,
    smooth_boxes,
    square_boxes,
)

MIN_MASK_SCORE = 0.8
PADDING = 0.1
_MAX_SIDE = 32766  # OpenCV's limit for resizing
_BATCH = 64


@dataclass(frozen=True)
class CropSettings:
    """How crops are cut.

    Attributes:
        dim: Side of the crops in pixels.
        target_fps: The previous crop lies this frame rate's step back; one frame when None.
        smooth: Unite each box with that of the frame before.
        keep_previous: Write ``<frame>.prev.png``, which flow can be computed from later.
    """

    dim: int = 128
    target_fps: float | None = None
    smooth: bool = True
    keep_previous: bool = True


def crop_windows(pose_dir: str | Path, smooth: bool = True) -> dict[int, np.ndarray]:
    """Square windows around the boxes of a pose folder, padded by a tenth of their side.

    Returns:
        Corners (4,) by frame, ascending.

    Raises:
        FileNotFoundError: If the folder has no ``boxes.json``.
        FormatError: If there is no box, or one is no box in pixels.
    """
    boxes = read_boxes(Path(pose_dir) / 'boxes.json')
    if not len(boxes):
        raise FormatError(f'{pose_dir}/boxes.json', 'has no box; extract the poses again')
    if not (np.abs(boxes.box) <= _MAX_SIDE / 4).all() or (boxes.box[:, 2:] < 0).any():
        raise FormatError(f'{pose_dir}/boxes.json', 'has a box that is not x, y, w, h in pixels')
    last = dict(zip(boxes.frame.tolist(), range(len(boxes)), strict=True))
    frames = np.array(sorted(last))
    corners = corner_boxes(boxes.box[[last[frame] for frame in frames.tolist()]])
    if smooth:
        corners = smooth_boxes(frames, corners)
    windows = pad_boxes(square_boxes(corners), PADDING)
    return dict(zip(frames.tolist(), windows, strict=True))


def best_masks(pose_dir: str | Path) -> dict[int, tuple[np.ndarray, int, int]]:
    """The best mask of each frame that has one scored above 0.8: bitmap, x, y; by frame.

    A pose folder without masks gives none.
    """
    path = Path(pose_dir) / 'mask.json.gz'
    if not path.is_file():
        return {}
    masks = read_masks(path)
    good = np.flatnonzero(masks.score > MIN_MASK_SCORE)
    ascending = good[np.argsort(masks.score[good], kind='stable')]
    return {
        int(masks.frame[i]): (masks.bitmap[i], int(masks.box[i, 0]), int(masks.box[i, 1]))
        for i in ascending
    }


def iter_crops(video: str | Path, pose_dir: str | Path, settings: CropSettings):
    """Cut the crops of a video.

    Yields:
        tuple: Frame number, the :class:`~vpd_mm.formats.Crop` without flow and with the mask as
        (dim, dim) uint8, grey on edges, and what its window held in the previous frame
        ((dim, dim, 3) uint8 RGB; the crop itself at the beginning).

    Raises:
        FileNotFoundError: If the video or its boxes are missing.
        FormatError: If a file is damaged or the boxes are not those of the video.
    """
    windows = crop_windows(pose_dir, settings.smooth)
    masks = best_masks(pose_dir)
    gap = _gap(video, settings.target_fps)
    final, decoded = max(windows), 0
    before = deque(maxlen=gap)
    for frame, image in enumerate(iter_frames(video)):
        decoded += 1
        if frame in windows:
            window = windows[frame]
            crop = Crop(cut_resized(image, window, settings.dim), None, None)
            if frame in masks:
                pasted = paste_mask(*masks[frame], *image.shape[:2])
                crop.mask = cut_resized(pasted, window, settings.dim)
            previous = cut_resized(before[0], window, settings.dim) if frame >= gap else crop.rgb
            yield frame, crop, previous
        if frame == final:
            return
        before.append(image)
    raise FormatError(
        video, f'ends after {decoded} frames, but {pose_dir} has a box for frame {final}'
    )


def _gap(video: str | Path, target_fps: float | None) -> int:
    fps = probe_video(video).fps
    if target_fps is not None and not fps > 0:
        raise FormatError(video, 'states no frame rate, which a target frame rate needs')
    return previous_frame_gap(fps, target_fps)


def extract_crops(
    video: str | Path,
    pose_dir: str | Path,
    crop_dir: str | Path,
    settings: CropSettings,
    flow: Callable | None = None,
) -> int:
    """Write the crops of one video; the folder appears when it is complete.

    Args:
        video: The video file.
        pose_dir: Its pose folder: ``boxes.json`` and, optionally, ``mask.json.gz``.
        crop_dir: The folder to make.
        settings (CropSettings): How to cut.
        flow: Two batches (N, H, W, 3) to flow in pixels (N, H, W, 2); none writes no flow.

    Returns:
        int: Number of crops.
    """
    count, batch = 0, []
    with atomic_directory(crop_dir) as folder:
        for item in iter_crops(video, pose_dir, settings):
            batch.append(item)
            if len(batch) == _BATCH:
                count += _write(folder, batch, settings, flow)
                batch = []
        count += _write(folder, batch, settings, flow)
    return count


def _write(folder: Path, batch: list, settings: CropSettings, flow: Callable | None) -> int:
    if flow is not None and batch:
        codes = _flow_codes(flow, [p for _, _, p in batch], [c.rgb for _, c, _ in batch])
        batch = [(f, replace(c, flow=x), p) for (f, c, p), x in zip(batch, codes, strict=True)]
    for frame, crop, previous in batch:
        write_crop(folder, frame, crop, previous if settings.keep_previous else None)
    return len(batch)


def _flow_codes(flow: Callable, previous: list, current: list, **options) -> np.ndarray:
    return encode_flow(flow(np.stack(previous), np.stack(current)), **options)


def extract_flow(
    crop_dir: str | Path, flow: Callable, clip: float = 20, subtract_median: bool = False
) -> int:
    """Write ``<frame>.flow.png`` for every crop of a folder that lacks it.

    Args:
        crop_dir: Crops of one video with their previous crops.
        flow: Two batches (N, H, W, 3) to flow in pixels (N, H, W, 2).
        clip: See :func:`vpd_mm.formats.encode_flow`.
        subtract_median: See :func:`vpd_mm.formats.encode_flow`.

    Returns:
        int: Number of flow images written.

    Raises:
        FileNotFoundError: If there are no crops, or one lacks its previous crop.
    """
    frames = list_crop_frames(crop_dir)
    if not len(frames):
        raise FileNotFoundError(f'{crop_dir}: has no crops; extract them first')
    todo = [f for f in frames.tolist() if not (Path(crop_dir) / f'{f}.flow.png').exists()]
    for start in range(0, len(todo), _BATCH):
        some = todo[start : start + _BATCH]
        previous = [read_previous_crop(crop_dir, f) for f in some]
        current = [read_crop(crop_dir, f).rgb for f in some]
        codes = _flow_codes(flow, previous, current, clip=clip, subtract_median=subtract_median)
        for frame, code in zip(some, codes, strict=True):
            write_flow(crop_dir, frame, code)
    return len(todo)
