"""Temporal detection of actions: a score for every frame of a video."""

import torch
from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel
from torch import Tensor

from vpd_mm.models.backbones.recurrent import valid_steps
from vpd_mm.registry import MODELS

from .chunks import Chunks


@MODELS.register_module()
class SequenceLocalizer(BaseModel):
    """Body over a sequence of embeddings, then a head for the class of each frame.

    The probabilities of a video's views are averaged. A video longer than a chunk is run as
    overlapping chunks side by side, which takes a small part of the time; what lies farther away
    than the context then has no say.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        backbone (dict): Config of the body, such as ``RecurrentBackbone``.
        cls_head (dict): Config of the head, such as ``FrameClsHead``.
        data_preprocessor (dict, optional): Defaults to ``WindowDataPreprocessor``.
        chunk_size (int): Frames of a chunk. Defaults to 2000.
        chunk_context (int): Frames seen before and behind a chunk. Defaults to 250.
        init_cfg (dict, optional): Initialisation. Defaults to None.

    Example:
        >>> model = SequenceLocalizer(
        ...     dict(type='RecurrentBackbone', in_channels=64),
        ...     dict(type='FrameClsHead', in_channels=256, num_classes=1))
        >>> model.test_step(dict(inputs=[torch.ones(2, 700, 64)]))[0].pred_frame_score.shape
        torch.Size([700, 1])
    """

    def __init__(
        self,
        backbone: dict,
        cls_head: dict,
        data_preprocessor: dict | None = None,
        chunk_size: int = 2000,
        chunk_context: int = 250,
        init_cfg: dict | None = None,
    ) -> None:
        preprocessor = data_preprocessor or dict(type='WindowDataPreprocessor')
        super().__init__(MODELS.build(preprocessor), init_cfg)
        self.backbone = MODELS.build(backbone)
        self.cls_head = MODELS.build(cls_head)
        self.chunks = Chunks(chunk_size, chunk_context, rows=32)

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: list[ActionDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | dict[str, Tensor] | list[ActionDataSample]:
        """Run in one of three modes.

        Args:
            inputs (dict): ``sequence`` (B, V, T, D), ``length`` (B,) and, for the loss, ``label``
                (B, T), 0 for background.
            data_samples (list, optional): B samples.
            mode (str): ``'tensor'``, ``'loss'`` or ``'predict'``.

        Returns:
            ``tensor``: logits (B, V, T, 1 + C). ``loss``: dict of losses. ``predict``: the samples
            (new ones if None) with ``pred_frame_score`` (T, C), without the background.

        Raises:
            ValueError: If the mode is another.
        """
        if mode == 'tensor':
            return self.logits(inputs['sequence'], inputs['length'])
        if mode == 'loss':
            return self.loss(**inputs)
        if mode == 'predict':
            return self.predictions(inputs['sequence'], inputs['length'], data_samples)
        raise ValueError(f'mode is {mode!r}; choose tensor, loss or predict.')

    def logits(self, sequence: Tensor, length: Tensor) -> Tensor:
        """Give the logits (B, V, T, 1 + C) of sequences (B, V, T, D); 0 behind the end."""
        views = sequence.size(1)
        logits = self._run(sequence.flatten(0, 1), length.repeat_interleave(views))
        return logits.unflatten(0, (-1, views))

    def _run(self, sequence: Tensor, length: Tensor) -> Tensor:
        valid = valid_steps(sequence, length)
        features, _ = self.backbone(sequence, length)
        known = self.cls_head(features[valid])
        logits = known.new_zeros(*valid.shape, known.size(-1))
        logits[valid] = known
        return logits

    def loss(self, sequence: Tensor, length: Tensor, label: Tensor) -> dict[str, Tensor]:
        """Give the loss over all frames of all views."""
        views = sequence.size(1)
        sequence, length = sequence.flatten(0, 1), length.repeat_interleave(views)
        features, _ = self.backbone(sequence, length)
        label = label.repeat_interleave(views, 0)
        if (length < sequence.size(1)).any():
            valid = valid_steps(sequence, length)
            features, label = features[valid], label[valid]
        logits = self.cls_head(features.flatten(0, -2))
        return self.cls_head.loss(logits, label.flatten())

    def predictions(
        self, sequence: Tensor, length: Tensor, data_samples: list[ActionDataSample] | None
    ) -> list[ActionDataSample]:
        """Put the frame scores, averaged over the views, into the samples."""
        samples = data_samples or [ActionDataSample() for _ in sequence]
        videos = [views[:, :end] for views, end in zip(sequence, length.tolist(), strict=True)]
        for sample, logits in zip(samples, self.chunks.run(self._run, videos), strict=True):
            score = logits.softmax(-1).mean(0)[:, 1:]
            sample.set_field(score, 'pred_frame_score', dtype=torch.Tensor)
        return samples
