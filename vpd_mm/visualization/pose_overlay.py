"""2D poses drawn upon images."""

import cv2
import numpy as np

# Pairs of COCO-17 joints that a limb connects; the athlete's left side is drawn in one colour.
LIMBS = (
    ((5, 7), (7, 9), (11, 13), (13, 15), (5, 11)),
    ((6, 8), (8, 10), (12, 14), (14, 16), (6, 12)),
    ((5, 6), (11, 12)),
)
COLORS = ((255, 160, 0), (0, 200, 255), (255, 255, 255))


def draw_pose(
    image: np.ndarray, keypoints: np.ndarray, min_score: float = 0.2, width: int = 2
) -> np.ndarray:
    """Draw one COCO-17 pose.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB; left unchanged.
        keypoints (np.ndarray): (17, 3) with x, y in pixels and a score.
        min_score (float): Limbs with an end below this score are left out.
        width (int): Width of the lines in pixels.

    Returns:
        np.ndarray: A copy of the image with the pose: left limbs orange, right limbs blue.
    """
    drawn = np.ascontiguousarray(image).copy()
    points = np.round(keypoints[:, :2] * 8).astype(int)
    for limbs, color in zip(LIMBS, COLORS, strict=True):
        for a, b in limbs:
            if min(keypoints[a, 2], keypoints[b, 2]) >= min_score:
                cv2.line(
                    drawn, points[a].tolist(), points[b].tolist(), color, width, cv2.LINE_AA, 3
                )
    if keypoints[0, 2] >= min_score:
        cv2.circle(drawn, points[0].tolist(), 8 * width, COLORS[2], -1, cv2.LINE_AA, 3)
    return drawn
