"""Geometry of athlete crops: square windows around boxes, cut with zeros outside the image.

Boxes are ``x1, y1, x2, y2`` in whole pixels, the second corner exclusive.
"""

import cv2
import numpy as np


def corner_boxes(boxes) -> np.ndarray:
    """Boxes ``x, y, width, height`` (..., 4) as corners (..., 4) int64, cut to whole pixels.

    Example:
        >>> corner_boxes([10.7, 20.2, 5.9, 8.0]).tolist()
        [10, 20, 16, 28]
    """
    boxes = np.asarray(boxes)
    low = boxes[..., :2]
    return np.concatenate([low, low + boxes[..., 2:]], axis=-1).astype(np.int64)


def smooth_boxes(frames: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Unite each box with the given box of the frame before, where there is one.

    Args:
        frames: Distinct frame numbers, ascending, (N,).
        boxes: Corners, (N, 4).

    Returns:
        np.ndarray: Corners, (N, 4).
    """
    united = np.array(boxes)
    follows = np.flatnonzero(np.diff(frames) == 1) + 1
    united[follows, :2] = np.minimum(boxes[follows, :2], boxes[follows - 1, :2])
    united[follows, 2:] = np.maximum(boxes[follows, 2:], boxes[follows - 1, 2:])
    return united


def square_boxes(boxes: np.ndarray) -> np.ndarray:
    """Widen the shorter side of each box, about its centre (rounded down), to the longer.

    Args:
        boxes: Corners, (..., 4).

    Returns:
        np.ndarray: Corners, (..., 4).
    """
    low, high = boxes[..., :2], boxes[..., 2:]
    side = (high - low).max(-1, keepdims=True)
    short = high - low < side
    centre = (low + high) // 2
    half = side // 2
    new_low = np.where(short, centre - half - side % 2, low)
    new_high = np.where(short, centre + half, high)
    return np.concatenate([new_low, new_high], axis=-1)


def pad_boxes(boxes: np.ndarray, fraction: float) -> np.ndarray:
    """Move every edge outwards by a fraction of the side across it, cut to whole pixels.

    Args:
        boxes: Corners, (..., 4).
        fraction: For instance 0.1.

    Returns:
        np.ndarray: Corners, (..., 4).
    """
    low, high = boxes[..., :2], boxes[..., 2:]
    padding = ((high - low) * fraction).astype(np.int64)
    return np.concatenate([low - padding, high + padding], axis=-1)


def cut(image: np.ndarray, box) -> np.ndarray:
    """Cut a box out of an image; what lies outside the image is zero.

    Args:
        image: (H, W) or (H, W, C).
        box: Corners, four whole numbers.

    Returns:
        np.ndarray: (y2 - y1, x2 - x1) or (y2 - y1, x2 - x1, C); a view where the box lies inside.
    """
    x1, y1, x2, y2 = (int(number) for number in box)
    height, width = image.shape[:2]
    if min(x1, y1) >= 0 and x2 <= width and y2 <= height:
        return image[y1:y2, x1:x2]
    result = np.zeros((y2 - y1, x2 - x1, *image.shape[2:]), image.dtype)
    left, right = max(x1, 0), min(x2, width)
    top, bottom = max(y1, 0), min(y2, height)
    if left < right and top < bottom:
        result[top - y1 : bottom - y1, left - x1 : right - x1] = image[top:bottom, left:right]
    return result


def cut_resized(image: np.ndarray, box, dim: int) -> np.ndarray:
    """Cut a square box (see :func:`cut`) and resize it bilinearly to (dim, dim)."""
    return resize(cut(image, box), dim)


def resize(crop: np.ndarray, dim: int) -> np.ndarray:
    """Resize a crop bilinearly to (dim, dim); one of no area becomes zeros."""
    if crop.size == 0:
        return np.zeros((dim, dim, *crop.shape[2:]), crop.dtype)
    if crop.shape[:2] == (dim, dim):
        return crop
    return cv2.resize(crop, (dim, dim), interpolation=cv2.INTER_LINEAR)


def cut_mask(bitmap: np.ndarray, corner, box, image_shape) -> np.ndarray:
    """Cut a box out of a person's bitmap where it lies in an image.

    Args:
        bitmap: (h, w) bool, of any size; what of it lies outside the image does not count.
        corner: Column and row of the image where the bitmap's upper left corner lies.
        box: Corners, (4,).
        image_shape: Height and width of the image.

    Returns:
        np.ndarray: (y2 - y1, x2 - x1) uint8, 255 on the person.
    """
    x, y = (int(number) for number in corner)
    height, width = image_shape
    left, top = max(x, 0), max(y, 0)
    inside = bitmap[top - y : max(height - y, 0), left - x : max(width - x, 0)]
    x1, y1, x2, y2 = box
    return cut(inside.astype(np.uint8) * 255, (x1 - left, y1 - top, x2 - left, y2 - top))


def previous_frame_gap(fps: float, target_fps: float | None = None) -> int:
    """How many frames back the previous crop lies: ``round(fps / target_fps)``, at least 1."""
    return 1 if target_fps is None else max(1, round(fps / target_fps))
