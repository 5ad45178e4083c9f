"""What was found in a video, drawn upon its frames with the curve of the scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.formats import iter_frames

from .captions import draw_caption
from .video_overlay import PERSON_COLORS

_SMALLEST_HEIGHT = 480
_SECONDS = 4.0


def overlay_scores(
    video: str | Path, fps: float, classes: Sequence[str], scores: np.ndarray, found: np.ndarray
) -> Iterator[np.ndarray]:
    """Draw the scores around each frame below it, and the names of the actions it belongs to.

    Args:
        video (str | Path): The video.
        fps (float): Its frame rate.
        classes (Sequence[str]): Names of the C classes.
        scores (np.ndarray): Score of each frame, (T, C).
        found (np.ndarray): (P, 4) rows (start, end, score, class), the best first.

    Yields:
        np.ndarray: (H, W, 3) uint8 RGB, at least 480 high.
    """
    for frame, image in enumerate(iter_frames(video)):
        scale = max(1, -(-_SMALLEST_HEIGHT // image.shape[0]))
        size = (scale * image.shape[1], scale * image.shape[0])
        drawn = (
            cv2.resize(image, size, interpolation=cv2.INTER_CUBIC) if scale > 1 else image.copy()
        )
        height = size[1] // 5
        _draw_curves(drawn[-height:], scores, frame, max(1, round(_SECONDS * fps)))
        text, line = size[1] // 40, 0
        now = found[(found[:, 0] <= frame) & (frame < found[:, 1])]
        for _, _, score, number in now[:4]:
            name = f'{classes[int(number)]} {score:.2f}'
            color = _color(int(number))
            draw_caption(drawn, name, (0, line), text, (0, 0, 0), color)
            line += 2 * text
        draw_caption(drawn, f'{frame / fps:.2f} s', (size[0], 0), text)
        yield drawn


def _draw_curves(strip: np.ndarray, scores: np.ndarray, frame: int, reach: int) -> None:
    """Draw the scores of the frames within reach into the strip (H, W, 3), darkened, in place."""
    strip[:] = strip // 3
    height, width = strip.shape[:2]
    frames = np.arange(max(0, frame - reach), min(len(scores), frame + reach + 1))
    x = (frames - frame + reach) / (2 * reach) * (width - 1)
    for number in range(scores.shape[1]):
        y = (1 - scores[frames, number]) * (height - 1)
        points = np.stack([x, y], 1).round().astype(np.int32)
        cv2.polylines(strip, [points], False, _color(number), max(1, height // 60), cv2.LINE_AA)
    cv2.line(strip, (width // 2, 0), (width // 2, height), (255, 255, 255), 1)


def _color(number: int) -> tuple[int, int, int]:
    return PERSON_COLORS[number % len(PERSON_COLORS)]
