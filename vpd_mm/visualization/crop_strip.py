"""An action as a strip of crops."""

from pathlib import Path

import numpy as np

from vpd_mm.datasets.preparation import crop_windows
from vpd_mm.formats import list_crop_frames, read_crop, read_poses

from .contact_sheet import evenly_spaced, fit_cell
from .flow_colors import flow_codes_to_rgb
from .pose_overlay import draw_pose


def crop_strip(
    crop_dir: str | Path, pose_dir: str | Path, start: int, end: int, columns: int = 12
) -> np.ndarray:
    """Crops of evenly spaced frames of an action, with their pose, above their optical flow.

    Args:
        crop_dir (str | Path): Crops of the video.
        pose_dir (str | Path): Its pose directory.
        start (int): First frame.
        end (int): Frame after the last one.
        columns (int): How many frames to show at most.

    Returns:
        np.ndarray: (256, 128 * number of frames, 3) uint8 RGB.

    Raises:
        FileNotFoundError: No frame of the action has a crop.
    """
    frames = list_crop_frames(crop_dir)
    frames = frames[(frames >= start) & (frames < end)]
    if not len(frames):
        raise FileNotFoundError(
            f'{crop_dir}: no crop of frames {start} to {end}; run tools/data/extract_crops.py.'
        )
    windows, poses = crop_windows(pose_dir), read_poses(pose_dir)
    row_of = dict(zip(poses.frame.tolist(), range(len(poses)), strict=True))
    columns_of_images = []
    for frame in evenly_spaced(frames, columns):
        crop = read_crop(crop_dir, frame)
        image = fit_cell(crop.rgb)
        if frame in row_of and frame in windows:
            image = draw_pose(
                image, keypoints_in_crop(poses.keypoints[row_of[frame]], windows[frame], len(image))
            )
        flow = np.zeros_like(image)
        if crop.flow is not None:
            flow = fit_cell(flow_codes_to_rgb(crop.flow))
        columns_of_images.append(np.concatenate([image, flow]))
    return np.concatenate(columns_of_images, axis=1)


def keypoints_in_crop(keypoints: np.ndarray, window: np.ndarray, side: int) -> np.ndarray:
    """Move keypoints from the image into a crop.

    Args:
        keypoints (np.ndarray): (..., 3) with x, y in image pixels and a score.
        window (np.ndarray): Corners x1, y1, x2, y2 of the crop in the image.
        side (int): Side of the crop in pixels.

    Returns:
        np.ndarray: (..., 3) with x, y in pixels of the crop.
    """
    moved = keypoints.copy()
    moved[..., :2] = (keypoints[..., :2] - window[:2]) * (side / (window[2] - window[0]))
    return moved
