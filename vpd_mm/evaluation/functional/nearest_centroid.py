"""Few-shot recognition without training: the nearest centroid of mean-pooled embeddings."""

from collections.abc import Sequence

import numpy as np


def pool_windows(frame: np.ndarray, embedding: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Mean of the embeddings in each window of one video.

    Args:
        frame: Frame numbers, (N,), in any order.
        embedding: (N, D).
        windows: First frame and frame after the last, (A, 2).

    Returns:
        (A, D) float64; NaN where no frame lies in the window.

    Example:
        >>> pool_windows(np.array([5, 1, 2]), np.array([[9.0], [1], [3]]), np.array([[1, 4]]))
        array([[2.]])
    """
    order = np.argsort(frame, kind='stable')
    total = np.cumsum(np.asarray(embedding, np.float64)[order], axis=0)
    total = np.concatenate([np.zeros((1, embedding.shape[1])), total])
    first, end = np.searchsorted(frame[order], np.asarray(windows).T)
    count = (end - first)[:, None]
    return (total[end] - total[first]) / np.where(count > 0, count, np.nan)


def nearest_centroid_accuracy(
    embedding: np.ndarray, labels: Sequence, shots: int = 2, trials: int = 20, seed: int = 0
) -> float | None:
    """How many actions are nearest to the centroid of their own class.

    In each trial, ``shots`` random actions of a class make its centroid and all others of the
    class are recognised. Classes without others are left out. The trials depend on the labels and
    the seed alone, so that two kinds of embeddings of the same actions may be compared.

    Args:
        embedding: One row an action, (A, D).
        labels: A labels.
        shots: Actions of a class that are known.
        trials: Trials to average over.
        seed: Seed of the trials.

    Returns:
        Accuracy in percent, or None with fewer than two classes.

    Example:
        >>> nearest_centroid_accuracy(np.array([[0.0], [1], [9], [10]]), list('aabb'), shots=1)
        100.0
    """
    names, label = np.unique(np.asarray(labels), return_inverse=True)
    usable = np.flatnonzero(np.bincount(label, minlength=len(names)) > shots)
    if len(usable) < 2:
        return None
    keep = np.isin(label, usable)
    embedding = np.asarray(embedding, np.float64)[keep]
    label = np.searchsorted(usable, label[keep])
    generator = np.random.default_rng(seed)
    hits = [
        _trial(embedding, label, shots, generator.permutation(len(label))) for _ in range(trials)
    ]
    return 100 * float(np.mean(hits))


def _trial(embedding: np.ndarray, label: np.ndarray, shots: int, order: np.ndarray) -> float:
    by_class = order[np.argsort(label[order], kind='stable')]
    place = np.arange(len(label)) - np.searchsorted(label[by_class], label[by_class])
    known, asked = by_class[place < shots], by_class[place >= shots]
    centroid = embedding[known].reshape(-1, shots, embedding.shape[1]).mean(1)
    distance = np.square(embedding[asked, None] - centroid).sum(-1)
    return float((distance.argmin(1) == label[asked]).mean())
