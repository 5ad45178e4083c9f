"""Models of MMPose and MMDetection, called with batches of frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np

from vpd_mm.compat_pose import admit_openmmlab_checkpoints, prepare_for_mmpose
from vpd_mm.datasets.preparation.tracking import overlap
from vpd_mm.skeletons import SKELETONS

WHOLE_IMAGE = 'whole_image'


@dataclass
class Detections:
    """People of one frame.

    Attributes:
        box: Corners x1, y1, x2, y2 in pixels, (K, 4) float64.
        score: Confidences, (K,) float64.
        mask: Pixels of each person, (K, H, W) bool; None from a model without masks.
    """

    box: np.ndarray
    score: np.ndarray
    mask: np.ndarray | None = None


class WholeImage:
    """Stands for a detector where one athlete fills the frame."""

    def __call__(self, images: Sequence[np.ndarray]) -> list[Detections]:
        """One person a frame, from edge to edge."""
        return [
            Detections(np.array([[0.0, 0, *image.shape[1::-1]]]), np.ones(1)) for image in images
        ]


class PersonDetector:
    """An MMDetection model that finds people, with their masks if it has any.

    Args:
        model (str): Name of a model, or a config file.
        checkpoint (str | None): Weights; None takes those that belong to the name.
        device (str | None): For instance ``'cuda:0'``; None takes a GPU where there is one.

    Raises:
        ImportError: MMDetection is not installed.
        FileNotFoundError: There is no such model or file, or weights cannot be downloaded.
        ValueError: The model knows no people, or is a config file without weights.
    """

    def __init__(
        self, model: str, checkpoint: str | None = None, device: str | None = None
    ) -> None:
        prepare_for_mmpose()
        try:
            from mmdet.apis import DetInferencer
        except (ImportError, ValueError) as error:  # ValueError: built for another NumPy
            raise _not_installed('MMDetection', error) from error
        self.inferencer = _build(
            DetInferencer, model, checkpoint, device=device, show_progress=False
        )
        classes = list(self.inferencer.model.dataset_meta['classes'])
        if 'person' not in classes and len(classes) > 1:
            raise ValueError(f'{model}: this detector does not know people; choose another one.')
        self.person = classes.index('person') if 'person' in classes else 0

    def __call__(self, images: Sequence[np.ndarray]) -> list[Detections]:
        """Find the people of some frames.

        Args:
            images (Sequence[np.ndarray]): Frames (H, W, 3) uint8 BGR.
        """
        result = self.inferencer(list(images), batch_size=len(images), return_datasamples=True)
        return [self._people(sample.pred_instances) for sample in result['predictions']]

    def _people(self, instances) -> Detections:
        instances = instances[instances.labels == self.person].cpu()
        mask = instances.masks.numpy() if 'masks' in instances else None
        return Detections(
            instances.bboxes.numpy().astype(float), instances.scores.numpy().astype(float), mask
        )


def default_detector(checkpoint: str | None = None, device: str | None = None) -> PersonDetector:
    """The detector that MMPose pairs with models of people, RTMDet-m trained on people.

    Args:
        checkpoint (str | None): A local file with its weights; None downloads them.
        device (str | None): For instance ``'cuda:0'``; None takes a GPU where there is one.
    """
    prepare_for_mmpose()
    try:
        from mmpose.apis.inferencers.utils import default_det_models
    except (ImportError, ValueError) as error:
        raise _not_installed('MMPose', error) from error
    default = default_det_models['human']
    return PersonDetector(default['model'], checkpoint or default['weights'], device)


class PoseEstimator:
    """An MMPose model that predicts the 17 COCO keypoints, among others perhaps.

    Args:
        model (str): Name of a model (``'human'``, ``'rtmpose-l'``, …) or a config file.
        checkpoint (str | None): Weights; None takes those that belong to the name.
        device (str | None): For instance ``'cuda:0'``; None takes a GPU where there is one.

    Attributes:
        top_down (bool): Whether the model needs boxes of people.

    Raises:
        ImportError: MMPose is not installed.
        FileNotFoundError: There is no such model or file, or weights cannot be downloaded.
        ValueError: The model lacks a COCO keypoint, or is a config file without weights.
    """

    def __init__(
        self, model: str, checkpoint: str | None = None, device: str | None = None
    ) -> None:
        prepare_for_mmpose()
        try:
            from mmpose.apis import Pose2DInferencer
        except (ImportError, ValueError) as error:
            raise _not_installed('MMPose', error) from error
        self.inferencer = _build(
            Pose2DInferencer, model, checkpoint, device=device, det_model=WHOLE_IMAGE
        )
        self.top_down = self.inferencer.cfg.data_mode == 'topdown'
        number = self.inferencer.model.dataset_meta['keypoint_name2id']
        missing = [name for name in SKELETONS['coco17'].joints if name not in number]
        if missing:
            raise ValueError(
                f'{model}: predicts no {missing[0]}; choose a model for COCO keypoints.'
            )
        self.keypoints = [number[name] for name in SKELETONS['coco17'].joints]

    def __call__(self, images: Sequence[np.ndarray], boxes: np.ndarray) -> np.ndarray:
        """Estimate the pose of one person in each image.

        Args:
            images (Sequence[np.ndarray]): N frames (H, W, 3) uint8 BGR, repeated where several
                people are in one.
            boxes (np.ndarray): Corners x1, y1, x2, y2 in pixels, (N, 4).

        Returns:
            np.ndarray: x, y in pixels and score, (N, 17, 3) float32. NaN where a model that finds
            people by itself found none in the box.
        """
        if self.top_down:
            samples = self._forward(
                dict(
                    img=image, bbox=box[None].astype(np.float32), bbox_score=np.ones(1, np.float32)
                )
                for image, box in zip(images, boxes, strict=True)
            )
            return np.concatenate([self._poses(sample.pred_instances) for sample in samples])
        samples = self._forward(dict(img=image) for image in images)
        poses = np.full((len(images), 17, 3), np.nan, np.float32)
        for pose, sample, box in zip(poses, samples, boxes, strict=True):
            common = overlap(_instance_boxes(sample.pred_instances), box)
            if common.any():
                pose[:] = self._poses(sample.pred_instances)[common.argmax()]
        return poses

    def people(self, images: Sequence[np.ndarray]) -> list[Detections]:
        """Find people by a model that needs no boxes (H, W, 3 uint8 BGR images)."""
        samples = [x.pred_instances for x in self._forward(dict(img=image) for image in images)]
        return [Detections(_instance_boxes(x), np.mean(x.keypoint_scores, -1)) for x in samples]

    def _forward(self, inputs) -> list:
        meta = self.inferencer.model.dataset_meta
        data = [self.inferencer.pipeline(dict(img_path='', **x, **meta)) for x in inputs]
        return self.inferencer.forward(self.inferencer.collate_fn(data), merge_results=False)

    def _poses(self, instances) -> np.ndarray:
        poses = np.concatenate(
            [instances.keypoints, np.asarray(instances.keypoint_scores)[..., None]], -1
        )
        return poses[:, self.keypoints].astype(np.float32)


def _instance_boxes(instances) -> np.ndarray:
    """Boxes (K, 4) of people found with their poses: the model's own, or around the keypoints."""
    if 'bboxes' in instances:
        return np.asarray(instances.bboxes, float).reshape(-1, 4)
    points = np.asarray(instances.keypoints, float).reshape(-1, instances.keypoints.shape[-2], 2)
    return np.concatenate([points.min(1), points.max(1)], 1)


def _not_installed(name: str, error: Exception) -> ImportError:
    return ImportError(
        f'2D poses need {name} ({error}); `python -m vpd_mm.check_env` says how to install it.'
    )


def _build(inferencer, model: str, checkpoint: str | None, **settings):
    """Build an inferencer of OpenMMLab, and say in a sentence why that is impossible."""
    if Path(model).is_file() and checkpoint is None:
        raise ValueError(f'{model}: a config file needs the weights that belong to it, too.')
    try:
        with admit_openmmlab_checkpoints():
            return inferencer(model, checkpoint, **settings)
    except (URLError, TimeoutError, ConnectionError) as error:
        raise FileNotFoundError(
            f'{model}: the weights could not be downloaded ({error}); fetch them where there is a '
            'network, and name the file as its checkpoint.'
        ) from error
    except ValueError as error:
        if 'Cannot find model' not in str(error):
            raise
        raise FileNotFoundError(f'{model}: there is no such config file or model name.') from error
