"""Athlete masks of the pose folders."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .columns import frame_column, number_column
from .errors import FormatError
from .json_files import group_rows, read_json, rows_by_frame, write_json

MASK_FILE = 'mask.json.gz'


@dataclass
class Masks:
    """Segmented people of one video; a frame may have several rows.

    Attributes:
        frame: Frame numbers, (N,) int64.
        score: Detection scores, (N,) float64.
        box: x, y, width, height in whole pixels, (N, 4) int64; its corner places the bitmap.
        bitmap: N arrays (height, width) bool, True on the person.
    """

    frame: np.ndarray
    score: np.ndarray
    box: np.ndarray
    bitmap: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.frame)


def _decode(path: Path, text) -> np.ndarray:
    try:
        data = np.frombuffer(base64.b64decode(text), np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    except (TypeError, ValueError, binascii.Error, cv2.error):
        image = None
    if image is None:
        raise FormatError(path, 'has a mask that is not a PNG in base64; write it again')
    return image != 0


def _encode(bitmap: np.ndarray) -> str:
    image = np.asarray(bitmap, np.uint8) * 255
    _, data = cv2.imencode('.png', image, [cv2.IMWRITE_PNG_BILEVEL, 1])
    return base64.b64encode(data.tobytes()).decode('ascii')


def read_masks(path: str | Path) -> Masks:
    """Read the masks of one video: ``[[frame, [[score, [x, y, w, h], PNG in base64], …]], …]``.

    Args:
        path: A pose folder, or the ``mask.json.gz`` itself. Any non-zero pixel is the person.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged or of another form.
    """
    path = Path(path)
    path = path / MASK_FILE if path.is_dir() else path
    frames, (scores, boxes, images) = rows_by_frame(path, read_json(path), 3)
    box = number_column(path, 'box', boxes, (4,), np.float64)
    if not (np.abs(box) < 2**31).all():
        raise FormatError(path, 'has a box whose numbers cannot be pixels')
    return Masks(
        frame_column(path, frames),
        number_column(path, 'score', scores, dtype=np.float64),
        box.astype(np.int64),
        [_decode(path, image) for image in images],
    )


def write_masks(path: str | Path, masks: Masks) -> None:
    """Write masks, sorted by frame, into a pose folder or to a name ending in ``.json.gz``."""
    path = Path(path)
    path = path if path.name.endswith('.json.gz') else path / MASK_FILE
    rows = [
        [float(score), np.ascontiguousarray(box, np.int64), _encode(bitmap)]
        for score, box, bitmap in zip(masks.score, masks.box, masks.bitmap, strict=True)
    ]
    write_json(path, group_rows(masks.frame, rows))
