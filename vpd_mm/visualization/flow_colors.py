"""Optical flow as colours."""

import cv2
import numpy as np


def flow_to_rgb(flow: np.ndarray, largest: float = 0.1) -> np.ndarray:
    """Show direction as hue and speed as brightness.

    Args:
        flow (np.ndarray): (H, W, 2) x and y motion, in any unit.
        largest (float): Speed, in that unit, from which on the colour is full.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB.
    """
    speed, angle = cv2.cartToPolar(
        np.ascontiguousarray(flow[..., 0], np.float32),
        np.ascontiguousarray(flow[..., 1], np.float32),
    )
    hsv = np.full((*flow.shape[:2], 3), 255, np.uint8)
    hsv[..., 0] = (angle * (90 / np.pi)).astype(np.uint8) % 180
    hsv[..., 2] = (np.clip(speed / largest, 0, 1) * 255).astype(np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def flow_codes_to_rgb(codes: np.ndarray, largest: float = 4, clip: float = 20) -> np.ndarray:
    """Show the codes of stored flow; see :func:`flow_to_rgb`.

    Args:
        codes (np.ndarray): (H, W, 2) uint8, as :func:`vpd_mm.formats.encode_flow` makes them.
        largest (float): Pixels from which on the colour is full.
        clip (float): What the flow was clipped to when it was stored, in pixels.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB.
    """
    # A code stands for a range of flow; that around no motion is drawn black.
    pixels = (codes.astype(np.float32) + 0.5) * ((2 * clip + 1) / 255) - clip
    pixels[np.abs(pixels) < clip / 255] = 0
    return flow_to_rgb(pixels, largest)


def flow_wheel(side: int) -> np.ndarray:
    """The legend of flow colours: in each direction from the centre the colour of that motion.

    Args:
        side (int): Pixels; on the rim the colour is full.

    Returns:
        np.ndarray: (side, side, 3) uint8 RGB, black outside the wheel.
    """
    line = np.linspace(-1, 1, side, dtype=np.float32)
    motion = np.stack(np.meshgrid(line, line), -1)
    wheel = flow_to_rgb(motion, 1)
    wheel[np.hypot(motion[..., 0], motion[..., 1]) > 1] = 0
    return wheel
