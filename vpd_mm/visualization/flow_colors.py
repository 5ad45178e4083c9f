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
