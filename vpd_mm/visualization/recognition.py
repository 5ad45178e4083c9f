"""Figures of recognition: accuracy by examples, and confusions."""

import numpy as np
from matplotlib.figure import Figure


def draw_few_shot(rows: list[dict]) -> Figure:
    """Draw mean accuracy, with its standard deviation, over the examples of a class.

    Args:
        rows (list[dict]): Rows with ``embedding``, ``shots`` (a number or a word, drawn last),
            ``mean`` and ``std`` in percent.

    Returns:
        Figure: One line for each embedding; save it with ``savefig``.
    """
    words = {row['shots']: float('inf') for row in rows if isinstance(row['shots'], str)}
    ticks = sorted({row['shots'] for row in rows}, key=lambda shots: words.get(shots, shots))
    figure = Figure(figsize=(6, 4), layout='constrained')
    axes = figure.add_subplot()
    for embedding in dict.fromkeys(row['embedding'] for row in rows):
        own = sorted(
            (ticks.index(row['shots']), row['mean'], row['std'])
            for row in rows
            if row['embedding'] == embedding
        )
        place, mean, std = np.array(own).T
        axes.errorbar(place, mean, std, marker='o', capsize=3, label=embedding)
    axes.set_xticks(range(len(ticks)), [str(shots) for shots in ticks])
    axes.set(xlabel='examples of a class', ylabel='test accuracy (%)')
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def draw_confusion(matrix: np.ndarray, classes: list[str], title: str = '') -> Figure:
    """Draw a confusion matrix; colours show the share of the true class.

    Args:
        matrix (np.ndarray): Counts, (C, C), rows true, columns predicted.
        classes (list[str]): Names.
        title (str): Title. Defaults to none.

    Returns:
        Figure: The figure; counts other than 0 are written in the cells for up to 20 classes.
    """
    share = matrix / np.maximum(matrix.sum(1, keepdims=True), 1)
    side = max(4.0, 1.5 + 0.45 * len(classes))
    figure = Figure(figsize=(side + 1, side), layout='constrained')
    axes = figure.add_subplot()
    image = axes.imshow(share, vmin=0, vmax=1, cmap='Blues')
    axes.set_xticks(range(len(classes)), classes, rotation=90)
    axes.set_yticks(range(len(classes)), classes)
    axes.set(xlabel='predicted', ylabel='true', title=title)
    figure.colorbar(image, label='share of the true class')
    if len(classes) <= 20:
        for row, column in np.argwhere(matrix):
            color = 'white' if share[row, column] > 0.5 else 'black'
            count = int(matrix[row, column])
            axes.text(column, row, count, ha='center', va='center', color=color, fontsize=8)
    return figure
