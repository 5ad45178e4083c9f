"""A library of actions in the plane: like ones lie together."""

import numpy as np
from matplotlib.figure import Figure


def map_to_plane(vectors: np.ndarray, method: str | None = None, seed: int = 0) -> np.ndarray:
    """Map vectors to the plane.

    Args:
        vectors (np.ndarray): (N, P).
        method (str, optional): ``'tsne'``, which needs scikit-learn, or ``'pca'``; by default the
            first if it is installed and there are 4 vectors or more, otherwise the second.
        seed (int): Of t-SNE.

    Returns:
        np.ndarray: (N, 2).

    Raises:
        ImportError: If t-SNE is asked for and scikit-learn is not installed.
        ValueError: If the method is unknown.
    """
    if method not in (None, 'tsne', 'pca'):
        raise ValueError(f"method is {method!r}; choose 'tsne' or 'pca'")
    if method != 'pca' and (method == 'tsne' or len(vectors) > 3):
        try:
            from sklearn.manifold import TSNE
        except ImportError as error:
            if method == 'tsne':
                raise ImportError(
                    't-SNE needs scikit-learn; install it (pip install "vpd_mm[search]"), or use '
                    'pca'
                ) from error
        else:
            perplexity = min(30.0, (len(vectors) - 1) / 3)
            return TSNE(perplexity=perplexity, init='pca', random_state=seed).fit_transform(vectors)
    centred = vectors.astype(np.float64) - vectors.mean(0, dtype=np.float64)
    left, scale, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(vectors), 2))
    plane[:, : min(2, left.shape[1])] = (left * scale)[:, :2]
    return plane


def draw_library(points: np.ndarray, labels: list[str], classes: list[str], title: str) -> Figure:
    """Draw the actions of a library, coloured by class.

    Args:
        points (np.ndarray): (N, 2).
        labels (list[str]): N names of classes.
        classes (list[str]): All classes, in the order of the legend.
        title (str): Title.

    Returns:
        Figure: Save it with ``savefig``.
    """
    import matplotlib

    figure = Figure(figsize=(9, 6.5), layout='constrained')
    axes = figure.add_subplot()
    colors = matplotlib.colormaps['tab20'].colors
    names = np.array(labels)
    for number, name in enumerate(classes):
        own = points[names == name]
        marker = 'osD^vX'[number // len(colors) % 6]
        axes.scatter(*own.T, s=16, color=colors[number % len(colors)], marker=marker, label=name)
    axes.set(title=title, xticks=[], yticks=[])
    figure.legend(loc='outside right upper', fontsize=8, ncols=1 + len(classes) // 30)
    return figure
