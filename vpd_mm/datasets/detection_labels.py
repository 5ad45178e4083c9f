"""What a detector has to find: labelled actions as intervals of frames. Plain arrays."""

from collections.abc import Iterable, Sequence

import numpy as np

from vpd_mm.formats import Action


def action_interval(
    action: Action, fps: float, margin: tuple[float, float] = (0.0, 0.0), moments: bool = False
) -> tuple[int, int]:
    """Give the frames of an action that a detector has to mark.

    Args:
        action (Action): The action as labelled; if its ``fields`` have ``seconds``, a pair, these
            are its exact times.
        fps (float): Frame rate.
        margin (tuple): Seconds to add before and behind. Defaults to none.
        moments (bool): Whether the label stands for a moment, its middle frame alone. Defaults to
            False.

    Returns:
        tuple[int, int]: First frame and the frame after the last.

    Example:
        >>> action_interval(Action('a', 'v', 8, 9, 'serve'), 25, (0.1, 0.1), moments=True)
        (5, 10)
    """
    before, after = margin
    if moments:
        start = end = (action.start + action.end - 1) / 2
    elif 'seconds' in action.fields and before + after > 0:
        start, end = (seconds * fps for seconds in action.fields['seconds'])
    else:
        start, end = action.start, action.end
    first = int(max(0, start - before * fps))
    return first, max(first + 1, int(end + after * fps))


def frame_labels(intervals: np.ndarray, length: int) -> np.ndarray:
    """Label every frame of a video.

    Args:
        intervals (np.ndarray): (G, 3) rows (start, end, class from 0); a later row prevails.
        length (int): Number of frames T.

    Returns:
        np.ndarray: (T,) int64, 0 for background, else class + 1.
    """
    labels = np.zeros(length, np.int64)
    for start, end, number in np.asarray(intervals, np.int64).reshape(-1, 3):
        labels[start:end] = number + 1
    return labels


def mean_lengths(intervals: Iterable[np.ndarray], num_classes: int) -> list[float | None]:
    """Give the mean length of the intervals of each class; None of a class without any.

    Args:
        intervals (Iterable): (G, 3) rows (start, end, class) of each video.
        num_classes (int): Number of classes.
    """
    rows = np.concatenate([np.zeros((0, 3)), *intervals])
    lengths = [(rows[:, 1] - rows[:, 0])[rows[:, 2] == n] for n in range(num_classes)]
    return [float(length.mean()) if len(length) else None for length in lengths]


def video_folds(videos: Sequence[str], folds: int) -> list[tuple[list[str], list[str]]]:
    """Split videos into training and validation, each video validating once.

    Fewer videos than folds make as many folds as there are videos. A single video both trains
    and validates.

    Args:
        videos (Sequence[str]): Names, in the order that they are dealt out.
        folds (int): Number of folds wanted.

    Returns:
        list[tuple]: Training and validation videos of each fold.

    Raises:
        ValueError: If there is no video.

    Example:
        >>> video_folds(['a', 'b', 'c'], 2)
        [(['b'], ['a', 'c']), (['a', 'c'], ['b'])]
    """
    if not videos:
        raise ValueError('there is no video to train on; name some')
    if len(videos) == 1:
        return [(list(videos), list(videos))]
    folds = min(folds, len(videos))
    if folds == 1:
        raise ValueError('one fold leaves no video to validate on; ask for 2 folds or more')
    parts = [list(videos[number::folds]) for number in range(folds)]
    return [([v for v in videos if v not in part], part) for part in parts]
