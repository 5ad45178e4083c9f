"""From detections to frames."""

import numpy as np


def average_detections(
    frame: np.ndarray, score: np.ndarray, embedding: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[dict]]:
    """Average the detections of each frame.

    Args:
        frame: Frame of every detection, (N,) int.
        score: Its score, (N,).
        embedding: Its embeddings, (N, V, D).

    Returns:
        Frames (M,) in ascending order; their mean embeddings (M, V, D); M dicts with
        ``kp_score``, the smallest score, and ``is_mean``, whether there were several detections.
    """
    order = np.argsort(frame, kind='stable')
    frames, start, count = np.unique(frame[order], return_index=True, return_counts=True)
    if not len(frames):
        return frames, embedding, []
    sums = np.add.reduceat(embedding[order], start)
    scores = np.minimum.reduceat(score[order], start)
    meta = [
        dict(kp_score=value, is_mean=True) if several else single_meta(value)
        for value, several in zip(scores.tolist(), (count > 1).tolist(), strict=True)
    ]
    return frames, sums / count[:, None, None].astype(sums.dtype), meta


def keep_detections(
    frame: np.ndarray, score: np.ndarray, embedding: np.ndarray
) -> tuple[np.ndarray, np.ndarray, list[dict]]:
    """Every detection a row of its own, by frame; see :func:`average_detections`."""
    order = np.argsort(frame, kind='stable')
    meta = [single_meta(value) for value in score[order].tolist()]
    return frame[order], embedding[order], meta


def single_meta(score: float) -> dict:
    """What is stored beside the embedding of a single detection."""
    return dict(kp_score=score, is_mean=False, is_flip=False)
