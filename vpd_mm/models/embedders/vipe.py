"""The VIPE teacher: from a 2D pose to an embedding that does not depend on the camera."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel

from vpd_mm.registry import MODELS

from .detections import average_detections, keep_detections

ROWS_AT_ONCE = 8192
"""Poses in one pass of the network; more do not fit the processor's caches."""


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
        loss_contrast: Config of a loss between the two views of all poses of a set's part of a
            batch; the paper has none.
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
        loss_contrast: dict | None = None,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        self.backbone = MODELS.build(backbone)
        self.head = MODELS.build(head) if head else None
        self.loss_view = MODELS.build(loss_view or dict(type='ViewContrastiveLoss'))
        self.loss_negative = MODELS.build(loss_negative or dict(type='NegativeMarginLoss'))
        self.loss_lifting = MODELS.build(loss_lifting or dict(type='PoseLiftingLoss'))
        self.loss_contrast = MODELS.build(loss_contrast) if loss_contrast else None

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
            return self.predict_sets(inputs)
        if mode == 'predict':
            return self.predict_videos(inputs, data_samples)
        raise ValueError(f"mode is {mode!r}; choose 'tensor', 'loss' or 'predict'")

    def embed(self, poses: torch.Tensor) -> torch.Tensor:
        """(..., 13, 3) to (..., D)."""
        return self.backbone(poses.flatten(-2).flatten(0, -2)).unflatten(0, poses.shape[:-2])

    def loss(self, inputs: dict) -> dict[str, torch.Tensor]:
        """Losses of a sample, averaged over the samples of all sets."""
        parts = [losses for losses, _ in self.set_losses(inputs).values()]
        count = sum(len(batch['pose1']) for batch in inputs.values())
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: sum(p[name].sum() for p in parts if name in p) / count for name in names}

    def set_losses(self, inputs: dict) -> dict[str, tuple[dict, torch.Tensor]]:
        """Losses (N,) of every set, and its embeddings (N, 1 or 2, D) of the views.

        The first views of all sets, the second views and the negatives are a batch each to batch
        norm.
        """
        poses = {key: self.embed_sets(inputs, key) for key in ('pose1', 'pose2', 'negative')}
        return {
            name: self.losses_of(
                name, batch, **{key: by_set.get(name) for key, by_set in poses.items()}
            )
            for name, batch in inputs.items()
        }

    def embed_sets(self, inputs: dict, key: str) -> dict[str, torch.Tensor]:
        """Embed one kind of pose of all sets together; gives (N, D) by set."""
        poses = {name: batch[key] for name, batch in inputs.items() if key in batch}
        if not poses:
            return {}
        embedding = self.embed(torch.cat(list(poses.values())))
        parts = embedding.split([len(pose) for pose in poses.values()])
        return dict(zip(poses, parts, strict=True))

    def losses_of(self, name: str, batch: dict, pose1, pose2, negative) -> tuple:
        """Losses (N,) of one set and the embeddings of its views, from its embeddings (N, D)."""
        views = [pose1] if pose2 is None else [pose1, pose2]
        losses = {}
        if pose2 is not None:
            losses['loss_view'] = self.loss_view(pose1, pose2)
            if self.loss_contrast is not None:
                losses['loss_contrast'] = self.loss_contrast(pose1, pose2)
        if negative is not None:
            losses['loss_negative'] = self.loss_negative(pose1, negative, batch['negative_valid'])
        if 'features' in batch and self.head is not None:
            lifted = [self.head(view, name) for view in views]
            losses['loss_lifting'] = sum(self.loss_lifting(x, batch['features']) for x in lifted)
        return losses, torch.stack(views, 1)

    def predict_sets(self, inputs: dict) -> list[ActionDataSample]:
        """Losses and embeddings of every set's part of a validation batch."""
        samples = []
        for name, (losses, embedding) in self.set_losses(inputs).items():
            same_pose = 'features' in inputs[name]
            sample = ActionDataSample(metainfo=dict(set_name=name, same_pose=same_pose))
            sample.set_data(dict(pred_embedding=embedding, **losses))
            samples.append(sample)
        return samples

    def predict_videos(
        self, videos: Sequence[torch.Tensor], data_samples: Sequence[ActionDataSample]
    ) -> list[ActionDataSample]:
        """Embed the detections (N, V, 13, 3) of several videos together."""
        poses = torch.cat([video.flatten(0, 1) for video in videos])
        parts = [self.embed(part).detach() for part in poses.split(ROWS_AT_ONCE)]
        embedding = torch.cat(parts).float().cpu().numpy()
        ends = np.cumsum([video.shape[0] * video.shape[1] for video in videos])
        for video, rows, sample in zip(
            videos, np.split(embedding, ends[:-1]), data_samples, strict=True
        ):
            rows = rows.reshape(*video.shape[:2], embedding.shape[1])
            gather = average_detections if sample.average else keep_detections
            frame, rows, meta = gather(sample.detection_frame, sample.kp_score, rows)
            sample.set_metainfo(dict(frame=frame.tolist(), embedding_meta=meta))
            sample.set_data(dict(pred_embedding=torch.from_numpy(rows)))
        return list(data_samples)
