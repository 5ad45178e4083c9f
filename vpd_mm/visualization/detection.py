"""Figures of temporal detection: precision over recall, and what was found when."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure


def draw_precision_recall(curves: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draw precision over recall.

    Args:
        curves (Mapping): By name, precision and recall after each ranked detection, (N,) each.

    Returns:
        Figure: One line for each name; save it with ``savefig``.
    """
    figure = Figure(figsize=(5, 4.5), layout='constrained')
    axes = figure.add_subplot()
    for name, (precision, recall) in curves.items():
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        axes.step(
            np.concatenate([[0], recall]), np.concatenate([envelope[:1], envelope]), label=name
        )
    axes.set(xlabel='recall', ylabel='precision', xlim=(0, 1), ylim=(0, 1.03))
    axes.grid(alpha=0.3)
    if curves:
        axes.legend(fontsize=8)
    return figure


def draw_timeline(
    title: str,
    fps: float,
    classes: Sequence[str],
    scores: np.ndarray,
    found: np.ndarray,
    truth: np.ndarray | None = None,
) -> Figure:
    """Draw the scores of a video over time, and above them what was found, and what is true.

    Args:
        title (str): Title.
        fps (float): Frame rate.
        classes (Sequence[str]): Names of the C classes, each of which has its colour.
        scores (np.ndarray): Score of each frame, (T, C).
        found (np.ndarray): (P, 4) rows (start, end, score, class); the score is the opacity.
        truth (np.ndarray, optional): (G, 3) rows (start, end, class); drawn on top.

    Returns:
        Figure: The figure; wider for longer videos.
    """
    seconds = len(scores) / fps
    figure = Figure(figsize=(float(np.clip(seconds / 5, 8, 40)), 3.2), layout='constrained')
    bars, lines = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
    colors = [
        colormaps['tab10' if len(classes) <= 10 else 'tab20'](n % 20) for n in range(len(classes))
    ]
    for start, end, score, number in found[np.argsort(found[:, 2])]:
        color = colors[int(number)]
        place = [(start / fps, (end - start) / fps)]
        bars.broken_barh(place, (0, 0.9), color=color, alpha=float(np.clip(score, 0.08, 1)), lw=0)
    for start, end, number in truth if truth is not None else ():
        place = [(start / fps, (end - start) / fps)]
        bars.broken_barh(place, (1, 0.9), color=colors[int(number)], lw=0)
    rows = ['found', 'true'] if truth is not None else ['found']
    bars.set_yticks(np.arange(len(rows)) + 0.45, rows)
    bars.set(title=title, ylim=(0, len(rows)))
    time = np.arange(len(scores)) / fps
    for number, name in enumerate(classes):
        lines.plot(time, scores[:, number], color=colors[number], lw=1, label=name)
    lines.set(xlabel='seconds', ylabel='score', ylim=(0, 1), xlim=(0, seconds))
    figure.legend(*lines.get_legend_handles_labels(), loc='outside right center', fontsize=7)
    return figure
