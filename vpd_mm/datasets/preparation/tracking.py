"""Following people through a video by their boxes."""

from dataclasses import dataclass

import numpy as np


@dataclass
class People:
    """Everybody found in a video, one row a person and frame, frames ascending.

    Attributes:
        frame: Frame numbers, (N,) int64.
        box: Corners x1, y1, x2, y2 in pixels, (N, 4) float64.
        score: The detector's confidence, (N,) float64.
    """

    frame: np.ndarray
    box: np.ndarray
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.frame)


def import_tracker() -> tuple[type, type, type]:
    """Import what follows people: ``supervision.Detections``, ByteTrack and its buffered overlap.

    Raises:
        ImportError: The package ``trackers`` is not installed.
    """
    try:
        from supervision import Detections
        from trackers import BIoU, ByteTrackTracker
    except ImportError as error:
        raise ImportError(
            f'following people needs the package trackers ({error}); `python -m '
            'vpd_mm.check_env` says how to install it.'
        ) from error
    return Detections, ByteTrackTracker, BIoU


def track_people(
    people: People, fps: float, min_score: float = 0.3, max_gap: float = 1.0
) -> np.ndarray:
    """Find out which rows are the same person, by ByteTrack (Zhang et al., ECCV 2022).

    Boxes are compared after growing by half their size to each side, so that a person who moves
    by more than their own width from one frame to the next is still followed.

    Args:
        people (People): The detections of one video.
        fps: Frames a second.
        min_score: Somebody new counts from this score on; somebody who is being followed, whom
            blur makes hard to detect, from a third of it.
        max_gap: Seconds for which a person may be missing.

    Returns:
        np.ndarray: Number of the person, (N,) int64; -1 where a row belongs to nobody.

    Raises:
        ImportError: The package ``trackers`` is not installed.
    """
    Detections, ByteTrackTracker, BIoU = import_tracker()
    tracker = ByteTrackTracker(
        frame_rate=fps,
        lost_track_buffer=max(1, round(30 * max_gap)),  # at 30 frames a second, whatever fps is
        track_activation_threshold=min_score,
        high_conf_det_threshold=min_score,
        minimum_consecutive_frames=1,
        iou=BIoU(0.5),
    )
    track = np.full(len(people), -1)
    likely = np.flatnonzero(people.score >= min_score / 3)
    frames = people.frame[likely]
    for frame in range(frames.min(initial=0), frames.max(initial=-1) + 1):
        rows = likely[slice(*np.searchsorted(frames, [frame, frame + 1]))]
        found = tracker.update(
            Detections(
                xyxy=people.box[rows].reshape(-1, 4),
                confidence=people.score[rows],
                data={'row': rows},
            )
        )
        if len(found):
            track[found.data['row']] = found.tracker_id
    return _with_first_rows(people, track, min_score)


def _with_first_rows(people: People, track: np.ndarray, min_score: float) -> np.ndarray:
    """Give each track the row that it began with, which the tracker leaves unnumbered."""
    numbers, first = np.unique(track, return_index=True)
    track = track.copy()
    for number, row in zip(numbers.tolist(), first.tolist(), strict=True):
        before = np.flatnonzero(
            (people.frame == people.frame[row] - 1) & (track < 0) & (people.score >= min_score)
        )
        if number >= 0 and len(before):
            near = nearness(people.box[before], people.box[row])
            track[before[near.argmax()]] = number
    return track


def box_size(boxes: np.ndarray) -> np.ndarray:
    """Square roots of the areas, in pixels, of boxes (..., 4) given by corners x1, y1, x2, y2."""
    return np.sqrt(np.clip(boxes[..., 2:] - boxes[..., :2], 0, None).prod(-1))


def nearness(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How alike boxes are in place and size.

    Args:
        boxes: Corners x1, y1, x2, y2 in pixels, (..., 4).
        others: As many, or one to compare all with.

    Returns:
        np.ndarray: 1 for equal boxes, about 0.37 at one box's size apart or 2.7 times the size,
        towards 0 beyond.
    """
    size, other_size = (np.maximum(box_size(x), 1e-6) for x in (boxes, others))
    centres = (x[..., :2] + x[..., 2:] for x in (boxes, others))
    shift = np.linalg.norm(np.subtract(*centres), axis=-1) / (size + other_size)
    return np.exp(-shift - np.abs(np.log(size / other_size)))


def overlap(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union (N,) of boxes (N, 4) with one other (4,), given by corners."""
    low = np.maximum(boxes[:, :2], other[:2])
    high = np.minimum(boxes[:, 2:], other[2:])
    common = np.clip(high - low, 0, None).prod(1)
    union = box_size(boxes) ** 2 + box_size(other) ** 2 - common
    return np.divide(common, union, out=np.zeros_like(union), where=union > 0)
