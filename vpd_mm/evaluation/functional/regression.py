"""How close predicted vectors are to their targets."""

import numpy as np


def regression_scores(prediction: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Compare (N, D) predictions with their targets.

    Returns:
        ``loss``: squared error, summed over the features, averaged over the rows; ``cosine``: mean
        cosine similarity (0 for a zero row); ``r2``: share of the targets' variance about their
        mean that is explained (0 where there is none).

    Example:
        >>> regression_scores(np.array([[1.0, 0.0]]), np.array([[2.0, 0.0]]))
        {'loss': 1.0, 'cosine': 1.0, 'r2': 0.0}
    """
    prediction = np.asarray(prediction, np.float64)
    target = np.asarray(target, np.float64)
    error = np.square(prediction - target).sum()
    length = np.linalg.norm(prediction, axis=1) * np.linalg.norm(target, axis=1)
    cosine = (prediction * target).sum(1) / np.where(length > 0, length, 1)
    variance = np.square(target - target.mean(0)).sum()
    return {
        'loss': float(error / len(target)),
        'cosine': float(cosine.mean()),
        'r2': float(1 - error / variance) if variance > 0 else 0.0,
    }
