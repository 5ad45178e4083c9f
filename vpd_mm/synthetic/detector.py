"""What a pose detector would report: keypoints, boxes and masks with its typical errors."""

from dataclasses import dataclass

import cv2
import numpy as np

from vpd_mm.formats import Boxes, Masks, Poses

from .athlete import draw_silhouette
from .motion import smooth

LEFT, RIGHT = [5, 7, 9, 11, 13, 15], [6, 8, 10, 12, 14, 16]
SWAP = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
# Typical error of a joint against the athlete's height in the image.
JOINT_ERROR = np.array([8, 9, 9, 10, 10, 11, 11, 14, 14, 16, 16, 13, 13, 13, 13, 14, 14]) * 1e-3
LIMBS = ((5, 7), (7, 9), (6, 8), (8, 10), (11, 13), (13, 15), (12, 14), (14, 16))
LIMB_ENDS = np.array(LIMBS)


@dataclass(frozen=True)
class Detections:
    """Keypoints (T, 17, 3) px and score, detection scores (T,), boxes (T, 4) xywh px, and the
    frames (T,) where the detector found the athlete at all."""

    keypoints: np.ndarray
    score: np.ndarray
    box: np.ndarray
    found: np.ndarray


def hidden_joints(pixel: np.ndarray, depth: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Joints (T, 17) that lie behind a limb or the trunk, as 0 to 1."""
    a, b = pixel[:, LIMB_ENDS[:, 0]][:, None], pixel[:, LIMB_ENDS[:, 1]][:, None]
    point = pixel[:, :, None]
    along = b - a
    u = ((point - a) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-6)
    u = np.clip(u, 0, 1)
    gap = np.linalg.norm(point - a - u[..., None] * along, axis=-1) / size[:, None, None]
    at = (1 - u) * depth[:, None, LIMB_ENDS[:, 0]] + u * depth[:, None, LIMB_ENDS[:, 1]]
    own = (LIMB_ENDS[None] == np.arange(17)[:, None, None]).any(-1)
    behind = (gap < 0.035) & (at < depth[:, :, None] - 0.06) & ~own
    trunk = pixel[:, [5, 6, 11, 12]]
    low, high = trunk.min(1)[:, None], trunk.max(1)[:, None]
    inside = ((pixel > low) & (pixel < high)).all(-1)
    inside &= depth > depth[:, [5, 6, 11, 12]].mean(1, keepdims=True) + 0.08
    inside[:, [5, 6, 11, 12]] = False
    return (behind.any(-1) | inside).astype(float)


def correlated(rng: np.random.Generator, shape: tuple, sigma: float) -> np.ndarray:
    """Unit-variance noise that changes slowly over the first axis."""
    noise = smooth(rng.normal(0, 1, shape), sigma)
    return noise * np.sqrt(2 * sigma * np.sqrt(np.pi))


def runs(rng: np.random.Generator, chance: np.ndarray, longest: int) -> np.ndarray:
    """Frames (T,) bool covered by runs that begin with the given chance at each frame."""
    begin = rng.random(len(chance)) < chance
    length = rng.integers(1, longest + 1, len(chance))
    out = np.zeros(len(chance), dtype=bool)
    for i in np.flatnonzero(begin):
        out[i : i + length[i]] = True
    return out


def detect(
    rng: np.random.Generator, pixel: np.ndarray, depth: np.ndarray, spin: np.ndarray, frame_size
) -> Detections:
    """Report the projected COCO joints of consecutive frames as a detector would.

    Args:
        rng: Source of randomness.
        pixel: (T, 17, 2) true positions in pixels.
        depth: (T, 17) distances from the camera in metres.
        spin: (T,) speed of the body's rotation, radians a second.
        frame_size: Width and height of the image.
    """
    frames = len(pixel)
    low, high = pixel.min(1), pixel.max(1)
    size = np.maximum((high - low).max(1), 1)
    hidden = hidden_joints(pixel, depth, size)
    move = np.zeros((frames, 17))
    if frames > 1:
        steps = pixel - pixel.mean(1, keepdims=True)
        move = np.linalg.norm(np.gradient(steps, axis=0), axis=-1) / size[:, None]
    error = JOINT_ERROR * (0.55 + 3.2 * hidden + 9 * move)
    blur = np.clip(np.abs(spin) / 25, 0, 1)
    noise = 0.75 * correlated(rng, (frames, 17, 2), 1.5) + 0.66 * rng.normal(0, 1, (frames, 17, 2))
    offset = noise * (error * size[:, None])[..., None] + rng.normal(0, 0.4, pixel.shape)
    far = (rng.random((frames, 17)) < 0.004 + 0.08 * hidden + 0.03 * blur[:, None])[..., None]
    seen = pixel + offset
    seen = np.where(far, 0.35 * seen + 0.65 * seen[:, SWAP], seen)
    seen = _swap_sides(rng, seen, pixel, size, blur)
    miss = np.linalg.norm(seen - pixel, axis=-1) / size[:, None]
    score = 0.95 - 5.0 * miss - 0.22 * hidden - 0.8 * move + rng.normal(0, 0.05, miss.shape)
    inside = ((seen >= 0) & (seen < np.array(frame_size))).all(-1)
    score = np.where(inside, np.clip(score, 0.05, 0.99), 0.05)
    gone = runs(rng, 0.006 + 0.05 * blur + 0.03 * (size < 30), 4)
    found = ~gone & (inside.sum(1) >= 8)
    overall = np.clip(score.mean(1) + 0.12 + rng.normal(0, 0.02, frames), 0.3, 0.998)
    keypoints = np.concatenate([seen, score[..., None]], axis=-1)
    return Detections(keypoints, overall, _boxes(rng, low, high, size, frame_size), found)


def _swap_sides(rng, seen, pixel, size, blur) -> np.ndarray:
    """Exchange left and right where the sides can hardly be told apart."""
    spread = np.abs(pixel[:, LEFT] - pixel[:, RIGHT]).sum(-1)
    for joints, share in ((slice(0, 3), 0.7), (slice(3, 6), 1.0)):  # arms, legs
        close = np.exp(-spread[:, joints].mean(1) / (0.06 * size))
        swapped = runs(rng, share * (0.004 + 0.06 * close + 0.05 * blur), 5)
        left, right = LEFT[joints], RIGHT[joints]
        for frame in np.flatnonzero(swapped):
            seen[frame, left + right] = seen[frame, right + left]
    return seen


def _boxes(rng, low, high, size, frame_size) -> np.ndarray:
    """Boxes (T, 4) xywh around the whole body, with slow and fast jitter, inside the image."""
    pad = size[:, None] * np.array([0.06, 0.09])
    jitter = 0.012 * size[:, None, None] * (
        correlated(rng, (len(low), 2, 2), 2.0) + 0.6 * rng.normal(0, 1, (len(low), 2, 2))
    )  # fmt: skip
    limit = np.array(frame_size, float)
    a = np.clip(low - pad + jitter[:, 0], 0, limit - 2)
    b = np.clip(high + pad + jitter[:, 1], a + 2, limit)
    return np.concatenate([a, b - a], axis=1)


def to_poses(rng: np.random.Generator, found: Detections) -> Poses:
    """The detections as pose rows; now and then the athlete is reported twice."""
    frame = np.flatnonzero(found.found)
    twice = frame[rng.random(len(frame)) < 0.006]
    rows = np.sort(np.concatenate([frame, twice]))
    again = np.concatenate([[False], rows[1:] == rows[:-1]])
    keypoints = found.keypoints[rows].copy()
    keypoints[again, :, :2] += rng.normal(0, 1.5, keypoints[again, :, :2].shape)
    score = found.score[rows] * np.where(again, 0.8, 1.0)
    return Poses(
        rows, np.round(score, 4).astype(np.float32),
        np.round(found.box[rows], 2).astype(np.float32), np.round(keypoints, 3).astype(np.float32),
    )  # fmt: skip


def to_boxes(rng: np.random.Generator, found: Detections) -> Boxes:
    """Tracked boxes: the tracker bridges some of the detector's gaps, and loses a few frames."""
    bridged = found.found | (rng.random(len(found.found)) < 0.5)
    frame = np.flatnonzero(bridged & (rng.random(len(bridged)) > 0.004))
    return Boxes(frame, np.round(found.box[frame], 2))


def to_masks(rng: np.random.Generator, found: Detections, outlines: np.ndarray) -> Masks:
    """Slightly wrong silhouettes from outlines (T, P, C, 10, 2) px, one box-sized bitmap each."""
    frames, scores, boxes, bitmaps = [], [], [], []
    kernel = np.ones((3, 3), np.uint8)
    for i in np.flatnonzero(found.found & (rng.random(len(found.found)) > 0.015)):
        x, y, w, h = found.box[i]
        box = np.array([int(x), int(y), max(2, int(w)), max(2, int(h))])
        image = np.zeros((box[3], box[2]), np.uint8)
        draw_silhouette(image, outlines[i], box[:2])
        ragged = cv2.resize(rng.normal(0, 60, (7, 5)).astype(np.float32), (box[2], box[3]))
        grey = cv2.GaussianBlur(image, (0, 0), max(0.6, 0.01 * box[3])).astype(np.float32)
        image = (grey + np.clip(ragged, -70, 70) > 127).astype(np.uint8)
        if rng.random() < 0.15:
            image = cv2.erode(image, kernel) if rng.random() < 0.5 else cv2.dilate(image, kernel)
        frames.append(int(i))
        scores.append(round(float(np.clip(rng.normal(0.93, 0.05), 0.5, 0.999)), 4))
        boxes.append(box)
        bitmaps.append(image.astype(bool))
    return Masks(
        np.array(frames, np.int64), np.array(scores), np.array(boxes).reshape(-1, 4), bitmaps
    )
