"""Athlete crops: ``<frame>.png`` with ``.prev.png``, ``.flow.png`` and ``.mask.png`` beside."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .atomic import write_bytes
from .errors import FormatError
from .png import encode_png

_FRAME_FILE = re.compile(r'(\d+)\.png')


@dataclass
class Crop:
    """One crop.

    Attributes:
        rgb: (H, W, 3) uint8, RGB.
        flow: Codes of the flow from the previous crop, (H, W, 2) uint8 in x, y; or None.
        mask: (H, W) bool, True on the athlete; or None.
    """

    rgb: np.ndarray
    flow: np.ndarray | None
    mask: np.ndarray | None


def read_image(path: str | Path, gray: bool = False) -> np.ndarray:
    """Read a PNG as (H, W, 3) uint8 BGR, or (H, W) with ``gray``.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is no image.
    """
    if not os.path.exists(path):
        raise FileNotFoundError(f'{path}: no such crop; extract the crops of this video again')
    try:
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
    except cv2.error:  # it says that it is larger than OpenCV allows
        image = None
    if image is None:
        raise FormatError(path, 'is not a readable image; extract the crops of this video again')
    return image


def read_crop(crop_dir: str | Path, frame: int) -> Crop:
    """Read the crop of one frame with what lies beside it.

    Args:
        crop_dir: Folder of the crops of one video.
        frame: Frame number.

    Raises:
        FileNotFoundError: If the frame has no crop.
        FormatError: If a file is no image.
    """
    stem = os.path.join(crop_dir, str(int(frame)))
    rgb = cv2.cvtColor(read_image(f'{stem}.png'), cv2.COLOR_BGR2RGB)
    flow = mask = None
    if os.path.exists(f'{stem}.flow.png'):
        flow = np.ascontiguousarray(read_image(f'{stem}.flow.png')[..., :2])
    if os.path.exists(f'{stem}.mask.png'):
        mask = read_image(f'{stem}.mask.png', gray=True) != 0
    return Crop(rgb, flow, mask)


def read_previous_crop(crop_dir: str | Path, frame: int, step: int = 1) -> np.ndarray:
    """Read what the crop's window held in a previous frame, (H, W, 3) uint8 RGB.

    Args:
        crop_dir: Folder of the crops of one video.
        frame: Frame number.
        step: 1 for the nearest previous frame, 2 for the one before it, and so on.

    Raises:
        FileNotFoundError: If the frame has no such previous crop.
        FormatError: If the file is no image.
    """
    image = read_image(previous_path(crop_dir, frame, step))
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def previous_path(crop_dir: str | Path, frame: int, step: int = 1) -> str:
    """Path of a previous crop: ``<frame>.prev.png``, ``.prev2.png``, ``.prev3.png`` …"""
    return os.path.join(crop_dir, f'{int(frame)}.prev{step if step > 1 else ""}.png')


def write_crop(crop_dir: str | Path, frame: int, crop: Crop, *previous: np.ndarray | None) -> None:
    """Write a crop, and the previous crops ((H, W, 3) uint8 RGB) when given, into a folder.

    The mask may also be (H, W) uint8, grey on edges. The nearest previous crop comes first.

    The files are not written aside: write a video's crops into an unfinished folder, or use
    :func:`vpd_mm.formats.atomic_directory`.
    """
    stem = os.path.join(crop_dir, str(int(frame)))
    _write_image(f'{stem}.png', crop.rgb)
    for step, image in enumerate(previous, 1):
        if image is not None:
            _write_image(previous_path(crop_dir, frame, step), image)
    if crop.flow is not None:
        _write_image(f'{stem}.flow.png', _flow_image(crop.flow))
    if crop.mask is not None:
        mask = crop.mask.astype(np.uint8) * 255 if crop.mask.dtype == bool else crop.mask
        _write_image(f'{stem}.mask.png', mask)


def write_flow(crop_dir: str | Path, frame: int, flow: np.ndarray) -> None:
    """Write flow codes (H, W, 2) uint8 in x, y as ``<frame>.flow.png``: B = x, G = y, R = 128.

    The file is written atomically, as it is added to a folder that is in use.
    """
    write_bytes(os.path.join(crop_dir, f'{int(frame)}.flow.png'), encode_png(_flow_image(flow)))


def _flow_image(flow: np.ndarray) -> np.ndarray:
    image = np.full((*flow.shape[:2], 3), 128, np.uint8)
    image[..., 2], image[..., 1] = flow[..., 0], flow[..., 1]
    return image


def _write_image(path: str, image: np.ndarray) -> None:
    try:
        with open(path, 'wb') as file:
            file.write(encode_png(image))
    except OSError as error:
        error.filename = path
        raise


def list_crop_frames(crop_dir: str | Path, flow: bool = False) -> np.ndarray:
    """Frames that have a crop, or with ``flow`` a crop with flow: (N,) int64, sorted.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    files = set(os.listdir(crop_dir))
    frames = sorted(int(match[1]) for match in map(_FRAME_FILE.fullmatch, files) if match)
    if flow:
        frames = [frame for frame in frames if f'{frame}.flow.png' in files]
    return np.array(frames, np.int64)
