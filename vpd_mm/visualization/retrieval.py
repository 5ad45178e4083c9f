"""What was found for a query, as strips of crops, and how it is aligned with the query."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from vpd_mm.formats import CropStore

from .captions import draw_caption
from .contact_sheet import evenly_spaced, fit_cell

HIT, MISS, PLAIN = (60, 190, 75), (120, 120, 120), (60, 110, 220)
_BACKGROUND, _EMPTY = (24, 24, 24), (52, 52, 52)
_SIDE, _FRAME, _CAPTION = 128, 4, 26


@dataclass
class Strip:
    """An interval of a video to show.

    Attributes:
        video: Name of the video.
        start: First frame.
        end: Frame after the last.
        caption: Line above it.
        hit: True is framed green, False grey, None (nothing is known) blue.
    """

    video: str
    start: int
    end: int
    caption: str
    hit: bool | None = None


def retrieval_sheet(
    crops: CropStore, query: Strip, results: list[Strip], columns: int = 10
) -> np.ndarray:
    """Draw the query above what was found for it, each as evenly spaced crops.

    Args:
        crops (CropStore): Crops of all videos.
        query (Strip): The query.
        results (list[Strip]): What was found, the nearest first.
        columns (int): Crops of a strip at most.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB; a strip without crops says so.
    """
    strips = [_strip(crops, strip, columns) for strip in (query, *results)]
    gap = np.full((14, strips[0].shape[1], 3), _BACKGROUND, np.uint8)
    return np.concatenate([strips[0], gap, *strips[1:]])


def _strip(crops: CropStore, strip: Strip, columns: int) -> np.ndarray:
    size = (_CAPTION + _SIDE + 2 * _FRAME, columns * _SIDE + 2 * _FRAME)
    image = np.full((*size, 3), _BACKGROUND, np.uint8)
    draw_caption(image, strip.caption, (0, 2), 11, (235, 235, 235), None)
    color = PLAIN if strip.hit is None else HIT if strip.hit else MISS
    image[_CAPTION:] = color
    inner = image[_CAPTION + _FRAME : -_FRAME, _FRAME:-_FRAME]
    inner[:] = _EMPTY
    frames = _frames(crops, strip)
    if not len(frames):
        draw_caption(inner, 'no crops', (6, _SIDE // 2 - 10), 11, (235, 235, 235), None)
    for column, frame in enumerate(evenly_spaced(frames, columns)):
        crop = fit_cell(crops.read(strip.video, frame).rgb)
        inner[:, column * _SIDE : (column + 1) * _SIDE] = crop
    return image


def _frames(crops: CropStore, strip: Strip) -> np.ndarray:
    try:
        frames = crops.frames(strip.video)
    except FileNotFoundError:
        return np.zeros(0, np.int64)
    return frames[(frames >= strip.start) & (frames < strip.end)]


def draw_alignment(
    query: np.ndarray,
    result: np.ndarray,
    alignment: np.ndarray,
    names: tuple[str, str],
    crops: CropStore | None = None,
    strips: tuple[Strip, Strip] | None = None,
    columns: int = 10,
) -> Figure:
    """Draw the distances of all frames with the path of the alignment, and pairs of crops.

    Args:
        query (np.ndarray): Embeddings, (T, D).
        result (np.ndarray): Embeddings of what was found, (U, D).
        alignment (np.ndarray): (P, 2) rows of the query and of the result that go together.
        names (tuple[str, str]): What to call query and result, above the picture.
        crops (CropStore, optional): Crops of both videos; None shows no crops.
        strips (tuple[Strip, Strip], optional): Where query and result lie; row 0 is their start.
        columns (int): Pairs of crops.

    Returns:
        Figure: Save it with ``savefig``.
    """
    distance = np.sqrt(np.maximum(_squared_distances(query, result), 0))
    pairs = alignment[np.linspace(0, len(alignment) - 1, columns).round().astype(int)]
    figure = Figure(figsize=(12, 8.2 if crops else 5), layout='constrained')
    lower = figure
    if crops is not None and strips is not None:
        upper, lower = figure.subfigures(2, 1, height_ratios=[1, 1.7])
        _draw_pairs(upper, crops, strips, pairs)
    axes = lower.add_subplot()
    image = axes.imshow(distance, cmap='viridis', origin='lower', aspect='auto')
    axes.plot(alignment[:, 1], alignment[:, 0], color='white', linewidth=2)
    axes.plot(pairs[:, 1], pairs[:, 0], 'o', color='white', markeredgecolor='black')
    for number, (row, column) in enumerate(pairs, 1):
        beside = (-3, 8) if number == 1 else (-16, -12) if number == len(pairs) else (4, -12)
        axes.annotate(
            str(number), (column, row), xytext=beside, textcoords='offset points', color='white'
        )
    axes.set(xlabel='frame of what was found', ylabel='frame of the query')
    axes.set_title('\n'.join(names), fontsize=9)
    lower.colorbar(image, label='distance of the embeddings')
    return figure


def _draw_pairs(figure, crops: CropStore, strips: tuple, pairs: np.ndarray) -> None:
    axes = figure.subplots(2, len(pairs), gridspec_kw=dict(wspace=0.02, hspace=0.02))
    for column, pair in enumerate(pairs):
        for row, (strip, offset) in enumerate(zip(strips, pair, strict=True)):
            cell = axes[row, column]
            cell.set_xticks([])
            cell.set_yticks([])
            frames = _frames(crops, strip)
            if len(frames):
                nearest = frames[np.abs(frames - strip.start - offset).argmin()]
                cell.imshow(fit_cell(crops.read(strip.video, int(nearest)).rgb))
        axes[0, column].set_title(str(column + 1), fontsize=9)
    axes[0, 0].set_ylabel('query', fontsize=9)
    axes[1, 0].set_ylabel('found', fontsize=9)


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
