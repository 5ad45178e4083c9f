"""Athlete crops: ``<frame>.png`` with ``.prev.png``, ``.flow.png`` and ``.mask.png`` beside."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .errors import FormatError

_FRAME_FILE = re.compile(r'(\d+)\.png')
# Half the time of level 6 at about the same size.
_PNG = [
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
]


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
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
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


def read_previous_crop(crop_dir: str | Path, frame: int) -> np.ndarray:
    """Read what the crop's window held in the previous frame, (H, W, 3) uint8 RGB.

    Raises:
        FileNotFoundError: If the frame has no previous crop.
        FormatError: If the file is no image.
    """
    image = read_image(os.path.join(crop_dir, f'{int(frame)}.prev.png'))
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _write_image(path: str, image: np.ndarray, options: list[int]) -> None:
    if not cv2.imwrite(path, image, options):
        raise OSError(f'{path}: cannot be written; is there space and permission?')


def write_crop(
    crop_dir: str | Path, frame: int, crop: Crop, previous: np.ndarray | None = None
) -> None:
    """Write a crop, and the previous crop ((H, W, 3) uint8 RGB) when given, into a folder.

    The mask may also be (H, W) uint8, grey on edges.

    The files are not written aside: write a video's crops into an unfinished folder, or use
    :func:`vpd_mm.formats.atomic_directory`.
    """
    stem = os.path.join(crop_dir, str(int(frame)))
    _write_image(f'{stem}.png', cv2.cvtColor(crop.rgb, cv2.COLOR_RGB2BGR), _PNG)
    if previous is not None:
        _write_image(f'{stem}.prev.png', cv2.cvtColor(previous, cv2.COLOR_RGB2BGR), _PNG)
    if crop.flow is not None:
        write_flow(crop_dir, frame, crop.flow)
    if crop.mask is not None:
        mask = crop.mask.astype(np.uint8) * 255 if crop.mask.dtype == bool else crop.mask
        _write_image(f'{stem}.mask.png', mask, _PNG)


def write_flow(crop_dir: str | Path, frame: int, flow: np.ndarray) -> None:
    """Write flow codes (H, W, 2) uint8 in x, y as ``<frame>.flow.png``: B = x, G = y, R = 128."""
    image = np.full((*flow.shape[:2], 3), 128, np.uint8)
    image[..., :2] = flow
    _write_image(os.path.join(crop_dir, f'{int(frame)}.flow.png'), image, _PNG)


def list_crop_frames(crop_dir: str | Path) -> np.ndarray:
    """Frames that have a crop, (N,) int64, sorted.

    Raises:
        FileNotFoundError: If there is no such folder.
    """
    matches = map(_FRAME_FILE.fullmatch, os.listdir(crop_dir))
    return np.array(sorted(int(match[1]) for match in matches if match), np.int64)
