"""The crops of a video at a glance: crop, previous crop, flow and mask of some frames."""

from contextlib import suppress

import cv2
import numpy as np

from vpd_mm.formats import CropStore

from .captions import draw_caption
from .flow_colors import flow_codes_to_rgb, flow_wheel

KINDS = ('crop', 'prev', 'flow', 'mask')
LARGEST_FLOW = 4  # pixels
_SIDE = 128
_PER_BAND = 12
_LEFT, _TOP, _GAP = 56, 76, 2
_BACKGROUND, _MISSING, _TEXT = (24, 24, 24), (52, 52, 52), (225, 225, 225)


def evenly_spaced(frames: np.ndarray, count: int) -> list[int]:
    """Choose frames in even steps, the first and the last among them.

    Args:
        frames (np.ndarray): Frame numbers, (N,).
        count (int): How many at most.

    Returns:
        list[int]: The chosen ones.
    """
    places = np.linspace(0, len(frames) - 1, min(count, len(frames)))
    return frames[places.round().astype(int)].tolist()


def contact_sheet(crops: CropStore, video: str, count: int = 24) -> np.ndarray:
    """Draw evenly spaced crops of a video, with what belongs to them, under their frame numbers.

    Args:
        crops (CropStore): The data set.
        video (str): Name of the video.
        count (int): How many frames at most.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB: rows of crop, previous crop, flow and mask, without the
        kinds that no chosen frame has; grey where a frame lacks one; a wheel explains the colours.

    Raises:
        FileNotFoundError: If the video has no crops.
        FormatError: If one is damaged.
    """
    frames = crops.frames(video)
    if not len(frames):
        raise FileNotFoundError(f'{crops.path}: has no crops of {video}; extract them first')
    chosen = evenly_spaced(frames, count)
    cells = [_cells(crops, video, frame) for frame in chosen]
    kinds = [kind for kind in KINDS if any(kind in cell for cell in cells)]
    bands = [
        _band(chosen[start : start + _PER_BAND], cells[start : start + _PER_BAND], kinds)
        for start in range(0, len(chosen), _PER_BAND)
    ]
    width = max(640, *(band.shape[1] for band in bands))
    facts = f'{len(frames)} crops, frames {frames[0]} to {frames[-1]}, {len(chosen)} shown'
    header = _header(video, facts, width, 'flow' in kinds)
    return np.concatenate([header, *(_widen(band, width) for band in bands)])


def _cells(crops: CropStore, video: str, frame: int) -> dict[str, np.ndarray]:
    crop = crops.read(video, frame)
    cells = {'crop': crop.rgb}
    with suppress(FileNotFoundError):
        cells['prev'] = crops.read_previous(video, frame)
    if crop.flow is not None:
        cells['flow'] = flow_codes_to_rgb(crop.flow, LARGEST_FLOW)
    if crop.mask is not None:
        cells['mask'] = np.repeat(crop.mask[..., None], 3, axis=2).astype(np.uint8) * 255
    return {kind: fit_cell(image) for kind, image in cells.items()}


def fit_cell(image: np.ndarray) -> np.ndarray:
    """Resize a crop (H, W, 3) to the 128 pixels that it is shown in."""
    if image.shape[:2] == (_SIDE, _SIDE):
        return image
    smaller = image.shape[0] < _SIDE
    how = cv2.INTER_NEAREST if smaller else cv2.INTER_AREA
    return cv2.resize(image, (_SIDE, _SIDE), interpolation=how)


def _band(frames: list[int], cells: list[dict[str, np.ndarray]], kinds: list[str]) -> np.ndarray:
    step, top = _SIDE + _GAP, 20
    size = (top + len(kinds) * step + 12, _LEFT + len(frames) * step)
    band = np.full((*size, 3), _BACKGROUND, np.uint8)
    for row, kind in enumerate(kinds):
        y = top + row * step
        draw_caption(band, kind, (4, y + _SIDE // 2 - 8), 10, _TEXT, None)
        for column, cell in enumerate(cells):
            x = _LEFT + column * step
            band[y : y + _SIDE, x : x + _SIDE] = cell.get(kind, _MISSING)
    for column, frame in enumerate(frames):
        draw_caption(band, str(frame), (_LEFT + column * step - 3, 0), 10, _TEXT, None)
    return band


def _header(video: str, facts: str, width: int, with_flow: bool) -> np.ndarray:
    header = np.full((_TOP, width, 3), _BACKGROUND, np.uint8)
    draw_caption(header, video, (4, 10), 14, (255, 255, 255), None)
    draw_caption(header, facts, (4, 42), 10, _TEXT, None)
    if with_flow:
        side = _TOP - 12
        wheel = flow_wheel(side)
        inside = wheel.any(-1)
        header[6 : 6 + side, width - side - 6 : width - 6][inside] = wheel[inside]
        for line, text in enumerate(('flow from prev to crop', f'rim: {LARGEST_FLOW} px or more')):
            draw_caption(header, text, (width - side - 170, 16 + 20 * line), 9, _TEXT, None)
    return header


def _widen(image: np.ndarray, width: int) -> np.ndarray:
    wide = np.full((image.shape[0], width, 3), _BACKGROUND, np.uint8)
    wide[:, : image.shape[1]] = image
    return wide
