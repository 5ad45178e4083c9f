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
        dict(kp_score=value, is_mean=True)
        if several
        else dict(kp_score=value, is_mean=False, is_flip=False)
        for value, several in zip(scores.tolist(), (count > 1).tolist(), strict=True)
    ]
    return frames, sums / count[:, None, None].astype(sums.dtype), meta
