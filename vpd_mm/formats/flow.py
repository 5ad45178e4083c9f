"""Optical flow as 8-bit codes."""

import numpy as np


def encode_flow(flow, clip: float = 20, subtract_median: bool = False) -> np.ndarray:
    """Encode flow as ``floor((v + clip) * 255 / (2 * clip + 1))``.

    Args:
        flow: Flow in pixels, (..., H, W, 2) in x, y.
        clip: Larger displacements are cut to it.
        subtract_median: Take off each image's median flow first, against camera motion.

    Returns:
        np.ndarray: Codes of the same shape, uint8.
    """
    flow = np.asarray(flow, np.float32)
    if subtract_median:
        flow = flow - np.median(flow, axis=(-3, -2), keepdims=True)
    scale = np.float32(clip)
    codes = (np.clip(flow, -scale, scale) + scale) * np.float32(255 / (2 * clip + 1))
    return codes.astype(np.uint8)


def decode_flow(codes) -> np.ndarray:
    """Codes as float32 in -0.5 to 0.5, ``value / 255 - 0.5``; still frames give -0.0137."""
    return np.asarray(codes, np.float32) / 255 - np.float32(0.5)
