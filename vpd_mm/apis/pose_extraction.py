"""From a video to its pose directories, by models of MMPose and MMDetection."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from vpd_mm.datasets.preparation.athletes import AthleteChoice, choose_athletes
from vpd_mm.datasets.preparation.pose_directories import (
    PackedBitmap,
    PoseDirectory,
    write_pose_directory,
)
from vpd_mm.datasets.preparation.tracking import People, import_tracker, overlap
from vpd_mm.formats import Boxes, FormatError, Masks, Poses, VideoMeta, iter_frames, probe_video

from .pose_models import Detections, PersonDetector, PoseEstimator

MIN_MASK_OVERLAP = 0.3


class PoseExtractor:
    """Finds the athletes of a video, their poses and, if wanted, their masks.

    The video is read twice: first everybody is detected and followed, which tells the athletes
    from bystanders; then poses and masks of the athletes are predicted.

    Args:
        estimator (PoseEstimator): Predicts poses.
        detector (Callable | None): Finds people: :class:`PersonDetector` or :class:`WholeImage`.
            None where boxes are given, or the estimator finds people by itself.
        segmenter (PersonDetector | None): Predicts masks; None for no masks.
        choice (AthleteChoice | None): Who counts as an athlete; by default one person a video.
        batch_size (int): Frames, or people, in one step.
    """

    def __init__(
        self,
        estimator: PoseEstimator,
        detector: Callable | None = None,
        segmenter: PersonDetector | None = None,
        choice: AthleteChoice | None = None,
        batch_size: int = 8,
    ) -> None:
        self.estimator = estimator
        self.detector = detector or estimator.people
        self.segmenter = segmenter
        self.choice = choice or AthleteChoice()
        self.batch_size = batch_size

    def __call__(
        self, video: str | Path, pose_dir: str | Path, boxes: Boxes | None = None
    ) -> dict[Path, PoseDirectory]:
        """Write the pose directories of one video.

        Args:
            video (str | Path): The video file.
            pose_dir (str | Path): The pose directory to make. Where there are players,
                ``front__`` and ``back__`` are put before its name.
            boxes (Boxes | None): Boxes to predict poses in; None finds the athletes.

        Returns:
            dict[Path, PoseDirectory]: What was written. It is empty, but for the facts of the
            video, where nobody was found.

        Raises:
            FormatError: The video cannot be read, or ends before the boxes do.
        """
        pose_dir, meta = Path(pose_dir), _facts(video)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            chosen = {'': [boxes]} if boxes is not None else self.find(video, meta)
            contents = self.describe(video, meta, chosen)
        written = {
            pose_dir.with_name(prefix + pose_dir.name): content
            for prefix, content in contents.items()
        }
        for path, content in written.items():
            write_pose_directory(path, content)
        return written

    def find(self, video: str | Path, meta: VideoMeta) -> dict[str, list[Boxes]]:
        """Detect everybody, and choose the athletes as :func:`choose_athletes` does."""
        import_tracker()  # not only after hours of detection
        found: list[Detections] = []
        for frames in batched(iter_frames(video), self.batch_size):
            found += self.detector([_bgr(frame) for frame in frames])
        people = People(
            np.repeat(np.arange(len(found)), [len(x.score) for x in found]),
            np.concatenate([x.box for x in found]),
            np.concatenate([x.score for x in found]),
        )
        return choose_athletes(people, meta.fps, meta.height, self.choice)

    def describe(
        self, video: str | Path, meta: VideoMeta, chosen: dict[str, list[Boxes]]
    ) -> dict[str, PoseDirectory]:
        """Predict poses and masks in the boxes of the athletes.

        Args:
            video (str | Path): The video file.
            meta (VideoMeta): Its facts; the number of frames is corrected.
            chosen (dict[str, list[Boxes]]): Boxes of the athletes of each pose directory.

        Returns:
            dict[str, PoseDirectory]: Contents of the pose directories by the keys of `chosen`.
        """
        groups = {key: _concatenate(several) for key, several in chosen.items()}
        poses, masks, decoded = self._predict(video, _concatenate(groups.values()))
        meta, contents, start = replace(meta, num_frames=decoded), {}, 0
        for key, boxes in groups.items():
            part = slice(start, start + len(boxes))
            contents[key] = PoseDirectory(
                chosen[key][0],
                _as_poses(boxes, poses[part]),
                meta,
                None if self.segmenter is None else _as_masks(boxes, masks[part]),
            )
            start = part.stop
        return contents

    def _predict(self, video: str | Path, boxes: Boxes) -> tuple[np.ndarray, list, int]:
        """Poses (N, 17, 3) and masks of N boxes, and the video's number of frames."""
        poses = np.full((len(boxes), 17, 3), np.nan, np.float32)
        masks: list[tuple | None] = [None] * len(boxes)
        corners = np.concatenate([boxes.box[:, :2], boxes.box[:, :2] + boxes.box[:, 2:]], 1)
        decoded, last = 0, boxes.frame.max(initial=-1)
        for frames in batched(enumerate(iter_frames(video)), self.batch_size):
            decoded += len(frames)
            rows = {number: np.flatnonzero(boxes.frame == number) for number, _ in frames}
            wanted = {number: _bgr(image) for number, image in frames if len(rows[number])}
            people = [(row, image) for number, image in wanted.items() for row in rows[number]]
            for some in batched(people, self.batch_size):
                indices, images = map(list, zip(*some, strict=True))
                poses[indices] = self.estimator(images, corners[indices])
            if self.segmenter is not None and wanted:
                found = self.segmenter(list(wanted.values()))
                for number, detections in zip(wanted, found, strict=True):
                    for row in rows[number]:
                        masks[row] = best_mask(detections, corners[row])
        if last >= decoded:
            raise FormatError(video, f'ends after {decoded} frames, but there is a box for {last}')
        return poses, masks, decoded


def best_mask(detections: Detections, box: np.ndarray) -> tuple | None:
    """The mask of the person whose box agrees best with another box (4,), given by corners.

    Returns:
        tuple | None: Score, box x, y, width, height in pixels and bitmap; None where nobody's box
        agrees well enough.
    """
    common = overlap(detections.box, box)
    if common.max(initial=0) < MIN_MASK_OVERLAP:
        return None
    mask = detections.mask[common.argmax()]
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(ys):
        return None
    low, high = np.array([xs[0], ys[0]]), np.array([xs[-1], ys[-1]]) + 1
    bitmap = mask[low[1] : high[1], low[0] : high[0]]
    return detections.score[common.argmax()], [*low, *(high - low)], PackedBitmap(bitmap)


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items in order, the last one perhaps shorter."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _facts(video: str | Path) -> VideoMeta:
    meta = probe_video(video)
    if not 0 < meta.fps < float('inf'):
        raise FormatError(video, 'states no frame rate; write the video again with one')
    return meta


def _bgr(frame: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(frame[..., ::-1])


def _concatenate(several: Iterable[Boxes]) -> Boxes:
    several = [Boxes(np.zeros(0, np.int64), np.zeros((0, 4))), *several]
    return Boxes(
        np.concatenate([boxes.frame for boxes in several]),
        np.concatenate([boxes.box for boxes in several]),
    )


def _as_poses(boxes: Boxes, keypoints: np.ndarray) -> Poses:
    """Poses with the mean score of their keypoints; those that were not found are left out."""
    found = np.isfinite(keypoints).all((1, 2))
    return Poses(
        boxes.frame[found],
        keypoints[found, :, 2].mean(1),
        boxes.box[found].astype(np.float32),
        keypoints[found],
    )


def _as_masks(boxes: Boxes, masks: list) -> Masks:
    found = [i for i, mask in enumerate(masks) if mask is not None]
    score, box, bitmap = zip(*(masks[i] for i in found), strict=True) if found else ((), (), ())
    return Masks(
        boxes.frame[found],
        np.array(score, float),
        np.array(box, np.int64).reshape(-1, 4),
        list(bitmap),
    )
