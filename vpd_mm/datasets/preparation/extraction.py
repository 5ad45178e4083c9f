"""From a video and its pose folder to the athlete's crops, in one pass over the video."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.formats import (
    Crop,
    FormatError,
    PackedCropWriter,
    atomic_directory,
    list_crop_frames,
    probe_video,
    read_boxes,
    read_crop,
    read_masks,
    read_previous_crop,
    remove_leftovers,
    scan_frames,
    write_crop,
    write_flow,
)

from .crops import (
    corner_boxes,
    cut_mask,
    cut_resized,
    pad_boxes,
    previous_frame_gap,
    resize,
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
        previous: How many previous frames to cut under the same window, each a step further back.
        keep_previous: Write the previous crops, which flow can be computed from later.
    """

    dim: int = 128
    target_fps: float | None = None
    smooth: bool = True
    previous: int = 1
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


def best_masks(pose_dir: str | Path) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """The best mask of each frame that has one scored above 0.8: bitmap and its corner (x, y).

    A pose folder without masks gives none.
    """
    path = Path(pose_dir) / 'mask.json.gz'
    if not path.is_file():
        return {}
    masks = read_masks(path)
    good = np.flatnonzero(masks.score > MIN_MASK_SCORE)
    ascending = good[np.argsort(masks.score[good], kind='stable')]
    return {int(masks.frame[i]): (masks.bitmap[i], masks.box[i, :2]) for i in ascending}


def iter_crops(
    video: str | Path, pose_dir: str | Path, settings: CropSettings
) -> Iterator[tuple[int, Crop, list[np.ndarray]]]:
    """Cut the crops of a video.

    A frame is cut when it is decoded, under its own window and those of the later frames that it
    is a previous frame of; no frame is kept.

    Yields:
        tuple: Frame number, the :class:`~vpd_mm.formats.Crop` without flow and with the mask as
        (dim, dim) uint8, grey on edges, and what its window held in the previous frames, the
        nearest first ((dim, dim, 3) uint8 RGB each; before the beginning, the crop itself).

    Raises:
        FileNotFoundError: If the video or its boxes are missing.
        FormatError: If a file is damaged or the boxes are not those of the video.
    """
    windows = {f: box.tolist() for f, box in crop_windows(pose_dir, settings.smooth).items()}
    masks = best_masks(pose_dir)
    gap = _gap(video, settings.target_fps)
    steps = [gap * i for i in range(settings.previous + 1)]
    wanted = {frame - step for frame in windows for step in steps if frame >= step}
    waiting: dict[int, list] = {}
    for frame, image in scan_frames(video, wanted):
        for step in steps[::-1]:
            window = windows.get(frame + step)
            if window is not None:
                cut = cv2.cvtColor(cut_resized(image, window, settings.dim), cv2.COLOR_BGR2RGB)
                waiting.setdefault(frame + step, []).insert(0, cut)
        if frame in windows:
            rgb, *previous = waiting.pop(frame)
            previous += [rgb] * (settings.previous - len(previous))
            mask = None
            if frame in masks:
                mask = cut_mask(*masks[frame], windows[frame], image.shape[:2])
                mask = resize(mask, settings.dim)
            yield frame, Crop(rgb, None, mask), previous


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
        flow: Two batches (N, H, W, 3) uint8 RGB to codes of flow (N, H, W, 2), such as
            :meth:`FlowSettings.codes`; none writes no flow.

    Returns:
        int: Number of crops.
    """
    count = 0
    with atomic_directory(crop_dir) as folder:
        for frame, crop, previous in _finished_crops(video, pose_dir, settings, flow):
            write_crop(folder, frame, crop, *previous)
            count += 1
    return count


def pack_extracted_crops(
    video: str | Path,
    pose_dir: str | Path,
    writer: PackedCropWriter,
    name: str,
    settings: CropSettings,
    flow: Callable | None = None,
) -> int:
    """Write the crops of one video into a packed data set; as :func:`extract_crops` otherwise.

    Args:
        video: See :func:`extract_crops`.
        pose_dir: See :func:`extract_crops`.
        writer: The data set.
        name: The video's name in it.
        settings: See :func:`extract_crops`; of several previous crops the nearest is kept.
        flow: See :func:`extract_crops`.

    Returns:
        int: Number of crops.
    """
    crops = _finished_crops(video, pose_dir, settings, flow)
    return writer.write_video(name, ((f, crop, next(iter(p), None)) for f, crop, p in crops))


def _finished_crops(
    video: str | Path, pose_dir: str | Path, settings: CropSettings, flow: Callable | None
) -> Iterator[tuple[int, Crop, list[np.ndarray]]]:
    crops = iter_crops(video, pose_dir, settings)
    # In batches, as decoding and encoding in turn empty each other's caches.
    while batch := list(islice(crops, _BATCH)):
        if flow is not None:
            batch = _with_flow(batch, flow)
        for frame, crop, previous in batch:
            yield frame, crop, previous if settings.keep_previous else []


def _with_flow(crops: list, flow: Callable) -> list[tuple[int, Crop, list[np.ndarray]]]:
    before = np.stack([previous[0] for _, _, previous in crops])
    codes = flow(before, np.stack([crop.rgb for _, crop, _ in crops]))
    flows = zip(crops, codes, strict=True)
    return [(frame, replace(crop, flow=code), before) for (frame, crop, before), code in flows]


def extract_flow(crop_dir: str | Path, flow: Callable) -> int:
    """Write ``<frame>.flow.png`` for every crop of a folder that lacks it.

    Args:
        crop_dir: Crops of one video with their previous crops.
        flow: Two batches (N, H, W, 3) uint8 RGB to codes of flow (N, H, W, 2), such as
            :meth:`FlowSettings.codes`.

    Returns:
        int: Number of flow images written.

    Raises:
        FileNotFoundError: If there are no crops, or one lacks its previous crop.
    """
    frames = list_crop_frames(crop_dir)
    if not len(frames):
        raise FileNotFoundError(f'{crop_dir}: has no crops; extract them first')
    remove_leftovers(crop_dir)
    todo = [f for f in frames.tolist() if not (Path(crop_dir) / f'{f}.flow.png').exists()]
    for start in range(0, len(todo), _BATCH):
        some = todo[start : start + _BATCH]
        previous = np.stack([read_previous_crop(crop_dir, f) for f in some])
        codes = flow(previous, np.stack([read_crop(crop_dir, f).rgb for f in some]))
        for frame, code in zip(some, codes, strict=True):
            write_flow(crop_dir, frame, code)
    return len(todo)
