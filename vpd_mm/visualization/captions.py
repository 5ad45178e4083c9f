"""Text on pictures."""

import cv2
import numpy as np

_FONT = cv2.FONT_HERSHEY_SIMPLEX


def draw_caption(
    image: np.ndarray,
    text: str,
    corner: tuple[int, int],
    height: int = 11,
    color: tuple[int, int, int] = (255, 255, 255),
    background: tuple[int, int, int] | None = (0, 0, 0),
) -> int:
    """Write a line of text onto an image, in place.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB.
        text (str): The text; what is no ASCII shows as question marks.
        corner (tuple[int, int]): Column and row of its upper left corner; moved so that the line
            lies within the image where it can.
        height (int): Height of a capital letter in pixels.
        color (tuple[int, int, int]): RGB.
        background (tuple[int, int, int] | None): RGB of the box behind it; None draws none.

    Returns:
        int: Width of the line in pixels.
    """
    text = text.encode('ascii', 'replace').decode()
    scale, thick = height / 22, max(1, round(height / 11))
    (width, _), below = cv2.getTextSize(text, _FONT, scale, thick)
    margin = height // 3
    box = np.array([width + 2 * margin, height + below + 2 * margin])
    corner = np.clip(corner, 0, np.maximum(np.array(image.shape[1::-1]) - box, 0)).astype(int)
    left, top = corner.tolist()
    if background is not None:
        cv2.rectangle(image, (left, top), (corner + box - 1).tolist(), background, -1)
    start = (left + margin, top + height + margin)
    cv2.putText(image, text, start, _FONT, scale, color, thick, cv2.LINE_AA)
    return int(box[0])
