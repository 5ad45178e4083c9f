"""The VPD student: from an athlete's pixels and flow to the teacher's pose embedding."""

import torch
from mmengine.model import BaseModel
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class VPDEmbedder(BaseModel):
    """Image network trained to give the teacher's embedding of each frame.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021. There the summed loss is stepped on; here it is the loss of an image,
    which AdamW turns into the same steps where its ``eps`` is divided by the batch size.

    Args:
        backbone: Config of the image network.
        head: Config of the head that gives the embedding; None if the backbone gives it.
        motion_head: Config of the head that predicts embedding and change; None to learn the
            embedding alone. It serves training and validation, never embedding.
        loss: Config of the loss.
        data_preprocessor: Config of the data preprocessor.
        mirror: When embedding, give the mirrored view too.
        jitter: When embedding, give so many views in other colours too, and as many mirrored.
        init_cfg: See :class:`mmengine.model.BaseModel`.
    """

    def __init__(
        self,
        backbone: dict,
        head: dict | None,
        motion_head: dict | None = None,
        loss: dict | None = None,
        data_preprocessor: dict | None = None,
        mirror: bool = True,
        jitter: int = 0,
        init_cfg: dict | None = None,
    ):
        if isinstance(data_preprocessor, dict):
            data_preprocessor = MODELS.build(data_preprocessor)
        super().__init__(data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        self.mirror = mirror
        self.jitter = jitter
        self.backbone = MODELS.build(backbone).to(memory_format=torch.channels_last)
        self.head = MODELS.build(head) if head else nn.Identity()
        self.motion_head = MODELS.build(motion_head) if motion_head else None
        self.loss_embedding = MODELS.build(loss or dict(type='SquaredErrorLoss'))

    def test_step(self, data: dict) -> list:
        """Embed crops as they are, in other colours and mirrored: ``pred_embedding`` (1, V, D)."""
        data = self.data_preprocessor(data, mirror=self.mirror, jitter=self.jitter)
        return self._run_forward(data, mode='predict')

    def forward(self, inputs: torch.Tensor, data_samples: list | None = None, mode='tensor'):
        """Run the student.

        Args:
            inputs: (B, V, C, H, W), V views of each frame.
            data_samples: One a frame; with ``gt_embedding`` (D or 2 D,) for mode 'loss'.
            mode: 'tensor' gives the embeddings (B, V, D); 'loss' a dict of losses; 'predict' the
                data samples with ``pred_embedding`` (1, V, D) and, where there is a target,
                ``pred_target`` to compare it with and ``teacher_embedding`` (D,), the target's
                part that is no change.
        """
        embedding = self.embed(inputs)
        if mode == 'tensor':
            return embedding
        if mode == 'loss':
            return self.loss(embedding, data_samples)
        if mode == 'predict':
            return self.predict(embedding, data_samples)
        raise ValueError(f"mode is {mode!r}; choose 'tensor', 'loss' or 'predict'")

    def embed(self, inputs: torch.Tensor) -> torch.Tensor:
        """(B, V, C, H, W) to (B, V, D)."""
        images = inputs.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        embedding = self.head(self.backbone(images))
        return embedding.unflatten(0, inputs.shape[:2])

    def predict_target(self, embedding: torch.Tensor) -> torch.Tensor:
        """What is compared with the teacher, of each frame's first view: (B, D or 2 D)."""
        first = embedding[:, 0]
        return first if self.motion_head is None else self.motion_head(first)

    def loss(self, embedding: torch.Tensor, data_samples: list) -> dict:
        """Squared error of an image.

        Raises:
            ValueError: If the targets have another size than the predictions.
        """
        prediction = self.predict_target(embedding)
        target = torch.stack([sample.gt_embedding for sample in data_samples])
        if prediction.shape != target.shape:
            raise ValueError(
                f'the model predicts {prediction.shape[-1]} values and the targets have '
                f"{target.shape[-1]}; set the head's embedding_dim to the teacher's, and use a "
                'motion head exactly when the dataset has motion=True'
            )
        return dict(loss=self.loss_embedding(prediction, target))

    def predict(self, embedding: torch.Tensor, data_samples: list) -> list:
        """Store the embeddings in the data samples."""
        targets = [None] * len(embedding)
        if 'gt_embedding' in data_samples[0]:
            targets = self.predict_target(embedding).float()
        for sample, row, target in zip(data_samples, embedding.float(), targets, strict=True):
            sample.set_data({'pred_embedding': row[None]})
            if target is not None:
                teacher = sample.gt_embedding
                size = len(teacher) if self.motion_head is None else len(teacher) // 2
                sample.set_data({'pred_target': target, 'teacher_embedding': teacher[:size]})
        return data_samples
