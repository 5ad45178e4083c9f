"""Curves of what a run logged."""

from pathlib import Path

import matplotlib
import orjson

from vpd_mm.formats import atomic_path

matplotlib.use('Agg')
from matplotlib import pyplot as plt


def read_scalars(work_dir: str | Path) -> dict[str, list[tuple[int, float]]]:
    """Read the scalars that MMEngine's local backend wrote into a work dir.

    Args:
        work_dir (str | Path): Work dir of a run; resumed runs left several logs, later ones win.

    Returns:
        dict[str, list[tuple[int, float]]]: For each logged name its (step, value) pairs in order.

    Raises:
        FileNotFoundError: The folder holds no log.
    """
    logs = sorted(Path(work_dir).glob('*/vis_data/scalars.json'))
    if not logs:
        raise FileNotFoundError(
            f'{work_dir}: no run has logged here; train into this folder first.'
        )
    values: dict[str, dict[int, float]] = {}
    for log in logs:
        for line in log.read_bytes().splitlines():
            row = orjson.loads(line.replace(b'NaN', b'null'))
            step = row.get('epoch', row.get('step'))
            for name, value in row.items():
                if name not in ('step', 'iter', 'epoch') and isinstance(value, int | float):
                    values.setdefault(name, {})[step] = float(value)
    return {name: sorted(steps.items()) for name, steps in values.items()}


def plot_loss_curves(work_dirs: dict[str, str | Path], path: str | Path) -> None:
    """Draw the training loss and every validation loss of several runs, one panel a run.

    Args:
        work_dirs (dict[str, str | Path]): Title and work dir of each run.
        path (str | Path): The picture, for instance a .png file.

    Raises:
        FileNotFoundError: A folder holds no log.
    """
    curves = {title: read_scalars(work_dir) for title, work_dir in work_dirs.items()}
    figure, panels = plt.subplots(1, len(curves), figsize=(5 * len(curves), 3.6), squeeze=False)
    for panel, (title, scalars) in zip(panels[0], curves.items(), strict=True):
        for name, pairs in scalars.items():
            if name == 'loss' or name.endswith(('/loss', '/mse')):
                steps, losses = zip(*pairs, strict=True)
                label = 'training' if name == 'loss' else f'validation ({name})'
                panel.plot(steps, losses, marker='.' if len(steps) < 40 else '', label=label)
        panel.set(title=title, xlabel='epoch or iteration', ylabel='loss', yscale='log')
        panel.grid(alpha=0.3)
        panel.legend()
    save_figure(figure, path)


def save_figure(figure: plt.Figure, path: str | Path) -> None:
    """Write a figure aside and move it into place, making its folder; closes the figure."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=Path(path).suffix[1:], dpi=110, bbox_inches='tight')
    plt.close(figure)
