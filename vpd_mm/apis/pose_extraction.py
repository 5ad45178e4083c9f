"""2D poses of the athlete of a video, by MMPose."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from urllib.error import URLError

import numpy as np

from vpd_mm.compat import provide_mmcv_operators
from vpd_mm.formats import Boxes, Poses, probe_video, write_boxes, write_meta, write_poses


class PoseExtractor:
    """Writes the pose directory of a video.

    Args:
        model (str): Name of an MMPose model (``'human'``, ``'rtmpose-l'``, …) or a config file
            that predicts the 17 COCO keypoints.
        checkpoint (str | None): Weights; None takes those that belong to the name.
        detector (str | None): MMDetection config or name, ``'whole_image'`` where the athlete
            fills the frame, or None for the detector that MMPose pairs with the model.
        detector_checkpoint (str | None): Weights of the detector; None as for `checkpoint`.
        device (str | None): For instance ``'cuda:0'``; None takes a GPU where there is one.
        batch_size (int): Frames in one step.

    Raises:
        ImportError: MMPose or MMDetection is not installed.
        FileNotFoundError: The weights that belong to a name cannot be downloaded.
    """

    def __init__(
        self,
        model: str = 'human',
        checkpoint: str | None = None,
        detector: str | None = None,
        detector_checkpoint: str | None = None,
        device: str | None = None,
        batch_size: int = 8,
    ) -> None:
        provide_mmcv_operators()
        try:
            from mmpose.apis import MMPoseInferencer
        except (ImportError, ValueError) as error:  # ValueError: built for another NumPy
            raise ImportError(
                f'2D poses need MMPose ({error}); `python -m vpd_mm.check_env` says how to '
                'install it.'
            ) from error
        self.batch_size = batch_size
        try:
            self.inferencer = MMPoseInferencer(
                pose2d=model,
                pose2d_weights=checkpoint,
                det_model=detector,
                det_weights=detector_checkpoint,
                det_cat_ids=[0],  # people, in COCO's order of categories
                device=device,
            )
        except URLError as error:
            raise FileNotFoundError(
                f'{model}: the weights could not be downloaded ({error.reason}); fetch them where '
                'there is a network and name them by --checkpoint and --detector-checkpoint.'
            ) from error

    def __call__(self, video: str | Path, pose_dir: str | Path) -> None:
        """Write ``coco_keypoints.json.gz``, ``boxes.json`` and ``meta.json`` of one video.

        Raises:
            FormatError: The video cannot be read.
        """
        meta = probe_video(video)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            results = self.inferencer(str(video), batch_size=self.batch_size, return_vis=False)
            poses = select_athlete(result['predictions'][0] for result in results)
        write_poses(pose_dir, poses)
        write_boxes(pose_dir, Boxes(frame=poses.frame, box=poses.box))
        write_meta(pose_dir, meta)


def select_athlete(frames: Iterable[list[dict]]) -> Poses:
    """Keep one person a frame: the largest at first, then whoever overlaps the last box most.

    Args:
        frames (Iterable[list[dict]]): MMPose's instances of each frame in order, with
            ``keypoints`` (17, 2), ``keypoint_scores`` (17,), ``bbox`` (x1, y1, x2, y2) in pixels.

    Returns:
        Poses: One row for each frame in which somebody was found.
    """
    rows, last = [], None
    for frame, people in enumerate(frames):
        if not people:
            continue
        boxes = np.array([np.reshape(person['bbox'], 4) for person in people], float)
        continuity = np.zeros(len(boxes)) if last is None else overlap(boxes, last)
        chosen = int(np.argmax(continuity if continuity.any() else box_area(boxes)))
        last = boxes[chosen]
        rows.append((frame, last, people[chosen]))
    keypoints = [
        np.column_stack([person['keypoints'], person['keypoint_scores']]) for *_, person in rows
    ]
    corners = np.array([box for _, box, _ in rows], np.float32).reshape(-1, 4)
    stacked = np.asarray(keypoints, np.float32).reshape(-1, 17, 3)
    return Poses(
        frame=np.array([frame for frame, *_ in rows], np.int64),
        score=stacked[..., 2].mean(1),
        box=np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], 1),
        keypoints=stacked,
    )


def box_area(boxes: np.ndarray) -> np.ndarray:
    """Areas in square pixels of boxes (..., 4) given by corners x1, y1, x2, y2."""
    return np.clip(boxes[..., 2:] - boxes[..., :2], 0, None).prod(-1)


def overlap(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Intersection over union (N,) of boxes (N, 4) with one other (4,), given by corners."""
    corners = np.concatenate(
        [np.maximum(boxes[:, :2], other[:2]), np.minimum(boxes[:, 2:], other[2:])], 1
    )
    intersection = box_area(corners)
    union = box_area(boxes) + box_area(other) - intersection
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)
