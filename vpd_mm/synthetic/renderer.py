"""Frames of a filmed routine: rink, shadow, reflection, athlete, motion blur and sensor noise."""

from collections.abc import Iterator

import cv2
import numpy as np

from .athlete import Drawing, draw_athlete, draw_silhouette
from .camera import Camera
from .rink import Plane, draw_rink

EXPOSURES = (0, 1, 2)  # drawings of the athlete in a frame; the second is at its middle
NOISE_FRAMES = 6


def noise_bank(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Sensor noise around 128, (N, H, W, 3) uint8."""
    noise = rng.normal(128, rng.uniform(1.5, 3.5), (NOISE_FRAMES, size[1], size[0], 3))
    return np.clip(noise, 0, 255).astype(np.uint8)


def region(points: np.ndarray, size: tuple[int, int], margin: int) -> tuple[int, int, int, int]:
    """Whole-pixel box (x0, y0, x1, y1) around points (..., 2), inside the image."""
    flat = points.reshape(-1, 2)
    low = np.clip(flat.min(0) - margin, 0, size).astype(int)
    high = np.clip(flat.max(0) + margin + 1, 0, size).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def pan_blur(frame: np.ndarray, camera: Camera, first: int, last: int) -> np.ndarray:
    """Blur of the still world while the camera turns during the shutter."""
    turn = camera.rotation[last] @ camera.rotation[first, 2]
    shift = np.abs(turn[:2] / turn[2] * camera.focal[first]) * 0.75
    across, up = (int(n) for n in np.maximum(1, np.round(shift)))
    return cv2.blur(frame, (across, up)) if across > 1 or up > 1 else frame


def draw_on_ice(
    frame: np.ndarray, drawing: Drawing, shadow: np.ndarray, t: int, size: tuple[int, int]
) -> None:
    """Reflection and soft shadow on the ice, in place."""
    x0, y0, x1, y1 = region(np.concatenate([drawing.mirrored[t].reshape(-1, 2), shadow]), size, 6)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    origin, part = np.array([x0, y0]), frame[y0:y1, x0:x1]
    mask = np.zeros(part.shape[:2], np.uint8)
    draw_silhouette(mask, drawing.mirrored[t], origin)
    mask = cv2.blur(mask, (5, 9))
    blob = np.zeros_like(mask)
    cv2.fillConvexPoly(blob, cv2.convexHull((shadow - origin).astype(np.int32)), 255)
    blob = cv2.blur(blob, (9, 5))
    shade = 1 - mask.astype(np.float32) * (0.2 / 255) - blob.astype(np.float32) * (0.24 / 255)
    part[:] = (part * np.maximum(shade, 0.5)[..., None]).astype(np.uint8)


def render(
    rng: np.random.Generator,
    planes: list[Plane],
    camera: Camera,
    drawing: Drawing,
    shadow: np.ndarray,
    frames: int,
) -> Iterator[np.ndarray]:
    """Give the RGB frames (H, W, 3) of a video.

    Args:
        rng: Source of the sensor noise.
        planes: The rink.
        camera: Camera at all samples.
        drawing: Athlete at all samples.
        shadow: (T, N, 2) pixels of points on the ice under the athlete.
        frames: Number of frames; frame i is made of samples 3 i to 3 i + 2 (see
            ``motion.SHUTTER``).
    """
    size = camera.size
    noise = noise_bank(rng, size)
    warm = rng.uniform(-6, 6)
    frame = np.empty((size[1], size[0], 3), np.uint8)
    for i in range(frames):
        samples = [3 * i + k for k in EXPOSURES]
        draw_rink(frame, planes, camera, samples[1])
        draw_on_ice(frame, drawing, shadow[samples[1]], samples[1], size)
        image = pan_blur(frame, camera, samples[0], samples[-1])
        x0, y0, x1, y1 = region(drawing.outlines[samples], size, 3)
        if x1 > x0 and y1 > y0:
            part = image[y0:y1, x0:x1]
            total = np.zeros(part.shape, np.uint16)
            for t in samples:
                layer = part.copy()
                draw_athlete(layer, drawing, t, np.array([x0, y0]))
                total += layer
            part[:] = total // len(samples)
        speck = np.roll(noise[i % NOISE_FRAMES], int(rng.integers(size[1])), axis=0)
        yield cv2.addWeighted(image, 1.0, speck, 1.0, warm - 128)
