"""What is known of the people in a video, drawn upon its frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.datasets.preparation import cut_mask
from vpd_mm.formats import (
    Boxes,
    Masks,
    Poses,
    iter_frames,
    read_boxes,
    read_masks,
    read_poses,
)

from .captions import draw_caption
from .pose_overlay import draw_pose

PERSON_COLORS = (
    (255, 214, 0),
    (255, 82, 168),
    (90, 225, 110),
    (170, 130, 255),
    (255, 120, 60),
    (80, 220, 220),
)
ATHLETE_COLOR = (255, 255, 255)
_SMALLEST_HEIGHT = 480
_MASK_OPACITY = 0.4


@dataclass
class Detections:
    """The people of a video; what is not known is None.

    Attributes:
        poses: Detected people, several in a frame.
        boxes: The athlete's box of each frame.
        masks: Segmented people.
    """

    poses: Poses | None = None
    boxes: Boxes | None = None
    masks: Masks | None = None

    def frames(self) -> set[int]:
        """Frames of which anything is known."""
        known = [part.frame for part in vars(self).values() if part is not None]
        return set(np.concatenate([*known, []]).astype(int).tolist())


def read_detections(path: str | Path) -> Detections:
    """Read a pose directory, whichever of its files there are, or one such file.

    Args:
        path: The directory; ``boxes.json``, ``mask.json.gz``, or poses as another ``.json.gz``.

    Raises:
        FileNotFoundError: If there is none of the files.
        FormatError: If one is damaged.
    """
    path = Path(path)
    if not path.is_dir():
        poses = read_poses(path) if path.name not in ('boxes.json', 'mask.json.gz') else None
        boxes = read_boxes(path) if path.name == 'boxes.json' else None
        return Detections(poses, boxes, read_masks(path) if path.name == 'mask.json.gz' else None)
    found = Detections(
        read_poses(path) if (path / 'coco_keypoints.json.gz').is_file() else None,
        read_boxes(path) if (path / 'boxes.json').is_file() else None,
        read_masks(path) if (path / 'mask.json.gz').is_file() else None,
    )
    if not any(vars(found).values()):
        raise FileNotFoundError(f'{path}: has no poses, boxes or masks; extract the poses first')
    return found


def draw_detections(image: np.ndarray, found: Detections, frame: int) -> np.ndarray:
    """Draw the people of one frame: masks, boxes with scores, skeletons; and its number.

    Each person has a colour, of the box and the mask that overlaps it most; left limbs are orange
    and right ones blue. The athlete's box is white.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB.
        found (Detections): The people of the video.
        frame (int): Number of the frame.

    Returns:
        np.ndarray: (s * H, s * W, 3) uint8 RGB, with the smallest whole s that makes the text
        legible.
    """
    scale = max(1, -(-_SMALLEST_HEIGHT // image.shape[0]))
    people = _rows(found.poses, frame)
    boxes = found.poses.box[people] if len(people) else np.zeros((0, 4))
    drawn = _paint_masks(image, found.masks, _rows(found.masks, frame), boxes)
    size = (scale * image.shape[1], scale * image.shape[0])
    drawn = cv2.resize(drawn, size, interpolation=cv2.INTER_CUBIC) if scale > 1 else drawn
    line = max(1, round(size[1] / 360))
    for box in found.boxes.box[_rows(found.boxes, frame)] if found.boxes is not None else []:
        _draw_box(drawn, box * scale, ATHLETE_COLOR, 3 * line)
    for number, row in enumerate(people):
        _draw_box(drawn, boxes[number] * scale, _color(number), line)
        keypoints = found.poses.keypoints[row] * (scale, scale, 1)
        drawn = draw_pose(drawn, keypoints, width=line + 1)
    for number, row in enumerate(people):
        corner = boxes[number, :2] * scale - (0, 20 * line)
        score = f'{found.poses.score[row]:.2f}'
        draw_caption(drawn, score, tuple(corner), 9 * line, (0, 0, 0), _color(number))
    draw_caption(drawn, f'frame {frame}', (0, 0), 10 * line)
    return drawn


def overlay_frames(video: str | Path, found: Detections) -> Iterator[np.ndarray]:
    """Draw the people upon every frame of a video; see :func:`draw_detections`."""
    for frame, image in enumerate(iter_frames(video)):
        yield draw_detections(image, found, frame)


def _rows(part: Poses | Boxes | Masks | None, frame: int) -> np.ndarray:
    return np.flatnonzero(part.frame == frame) if part is not None else np.zeros(0, int)


def _color(number: int) -> tuple[int, int, int]:
    return PERSON_COLORS[number % len(PERSON_COLORS)]


def _draw_box(image: np.ndarray, box: np.ndarray, color: tuple, width: int) -> None:
    x, y, w, h = np.nan_to_num(box).clip(-(2**15), 2**15).round().astype(int).tolist()
    cv2.rectangle(image, (x, y), (x + w, y + h), color, width)


def _paint_masks(image: np.ndarray, masks: Masks | None, rows, boxes: np.ndarray) -> np.ndarray:
    painted = image.copy()
    height, width = image.shape[:2]
    for number, row in enumerate(rows):
        box = masks.box[row]
        person = _most_overlapping(box, boxes) if len(boxes) else number
        inside = cut_mask(masks.bitmap[row], box[:2], (0, 0, width, height), (height, width)) > 0
        color = np.array(_color(person))
        painted[inside] = (1 - _MASK_OPACITY) * image[inside] + _MASK_OPACITY * color
    return painted


def _most_overlapping(box: np.ndarray, boxes: np.ndarray) -> int:
    """Number of the box that shares most with a box, as a part of both together."""
    low, high = (
        np.maximum(box[:2], boxes[:, :2]),
        np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:]),
    )
    shared = (high - low).clip(0).prod(1)
    return int((shared / (box[2:].prod() + boxes[:, 2:].prod(1) - shared + 1e-9)).argmax())
