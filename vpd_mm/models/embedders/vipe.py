"""The VIPE teacher: from a 2D pose to an embedding that does not depend on the camera."""

from collections.abc import Mapping, Sequence

import torch
from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel

from vpd_mm.registry import MODELS

from .detections import average_detections


@MODELS.register_module()
class VIPEEmbedder(BaseModel):
    """View-invariant pose embedding, trained on poses seen by two cameras.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        backbone: Config of the encoder.
        head: Config of the head that lifts embeddings to 3D; it serves training and validation.
        loss_view: Config of the loss between two views.
        loss_negative: Config of the loss between a view and a negative.
        loss_lifting: Config of the loss of lifted poses.
        data_preprocessor: Config of the data preprocessor.
        init_cfg: See :class:`mmengine.model.BaseModel`.
    """

    def __init__(
        self,
        backbone: dict,
        head: dict | None = None,
        loss_view: dict | None = None,
        loss_negative: dict | None = None,
        loss_lifting: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        self.backbone = MODELS.build(backbone)
        self.head = MODELS.build(head) if head else None
        self.loss_view = MODELS.build(loss_view or dict(type='ViewContrastiveLoss'))
        self.loss_negative = MODELS.build(loss_negative or dict(type='NegativeMarginLoss'))
        self.loss_lifting = MODELS.build(loss_lifting or dict(type='PoseLiftingLoss'))

    def forward(self, inputs, data_samples: Sequence | None = None, mode: str = 'tensor'):
        """Run the teacher.

        Args:
            inputs: For mode 'tensor' normalised poses (..., 13, 3); in training and validation a
                dict of sets, each a dict with ``pose1``, ``pose2`` (N, 13, 3) and, where the set
                has them, ``negative``, ``negative_valid`` and ``features``; otherwise a list of
                videos, each (N, V, 13, 3).
            data_samples: One a video, see :class:`vpd_mm.datasets.PoseSequenceDataset`.
            mode: 'tensor' gives embeddings (..., D); 'loss' a dict of losses; 'predict' data
                samples: one a set with its losses (N,) and ``pred_embedding`` (N, 2, D), or one a
                video with ``pred_embedding`` (M, V, D) and the metainfo ``frame`` and
                ``embedding_meta`` of its M frames.
        """
        if mode == 'tensor':
            return self.embed(inputs)
        if mode == 'loss':
            return self.loss(inputs)
        if mode == 'predict' and isinstance(inputs, Mapping):
            return [self.predict_set(name, batch) for name, batch in inputs.items()]
        if mode == 'predict':
            pairs = zip(inputs, data_samples, strict=True)
            return [self.predict_video(poses, sample) for poses, sample in pairs]
        raise ValueError(f"mode is {mode!r}; choose 'tensor', 'loss' or 'predict'")

    def embed(self, poses: torch.Tensor) -> torch.Tensor:
        """(..., 13, 3) to (..., D)."""
        return self.backbone(poses.flatten(-2).flatten(0, -2)).unflatten(0, poses.shape[:-2])

    def loss(self, inputs: dict) -> dict[str, torch.Tensor]:
        """Losses of a sample, averaged over the samples of all sets."""
        parts = [self.set_losses(name, batch)[0] for name, batch in inputs.items()]
        count = sum(len(batch['pose1']) for batch in inputs.values())
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: sum(p[name].sum() for p in parts if name in p) / count for name in names}

    def set_losses(self, name: str, batch: dict) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Losses (N,) of one set, and the embeddings (N, 2, D) of the two views.

        The first views, the second views and the negatives are a batch each to batch norm.
        """
        first = self.embed(batch['pose1'])
        losses, embeddings = {}, [first]
        if 'pose2' in batch:
            second = self.embed(batch['pose2'])
            embeddings.append(second)
            losses['loss_view'] = self.loss_view(first, second)
        if 'negative' in batch:
            negative = self.embed(batch['negative'])
            valid = batch['negative_valid']
            losses['loss_negative'] = self.loss_negative(first, negative, valid)
        if 'features' in batch and self.head is not None:
            lifted = [self.head(embedding, name) for embedding in embeddings]
            losses['loss_lifting'] = sum(
                self.loss_lifting(pose, batch['features']) for pose in lifted
            )
        return losses, torch.stack(embeddings, 1)

    def predict_set(self, name: str, batch: dict) -> ActionDataSample:
        """Losses and embeddings of one set's part of a validation batch."""
        losses, embeddings = self.set_losses(name, batch)
        sample = ActionDataSample(metainfo=dict(set_name=name, same_pose='features' in batch))
        sample.set_data(dict(pred_embedding=embeddings, **losses))
        return sample

    def predict_video(self, poses: torch.Tensor, sample: ActionDataSample) -> ActionDataSample:
        """Embed the detections (N, V, 13, 3) of a video and average them by frame."""
        embedding = self.embed(poses).float().cpu().numpy()
        frame, embedding, meta = average_detections(
            sample.detection_frame, sample.kp_score, embedding
        )
        sample.set_metainfo(dict(frame=frame.tolist(), embedding_meta=meta))
        sample.set_data(dict(pred_embedding=torch.from_numpy(embedding)))
        return sample
