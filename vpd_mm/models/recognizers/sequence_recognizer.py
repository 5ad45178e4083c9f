"""Recognition of actions from sequences of embeddings."""

from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel
from torch import Tensor, cat

from vpd_mm.registry import MODELS


@MODELS.register_module()
class SequenceRecognizer(BaseModel):
    """Body over a sequence of embeddings, then a head for its class.

    The class probabilities of a sample's views are averaged.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        backbone (dict): Config of the body, such as ``RecurrentBackbone``.
        cls_head (dict): Config of the head, such as ``SequenceClsHead``.
        data_preprocessor (dict, optional): Defaults to ``SequenceDataPreprocessor``.
        init_cfg (dict, optional): Initialisation. Defaults to None.

    Example:
        >>> model = SequenceRecognizer(
        ...     dict(type='RecurrentBackbone', in_channels=64),
        ...     dict(type='SequenceClsHead', in_channels=256, num_classes=6))
        >>> model.test_step(dict(inputs=[torch.ones(2, 75, 64)], data_samples=None))
    """

    def __init__(
        self,
        backbone: dict,
        cls_head: dict,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        preprocessor = data_preprocessor or dict(type='SequenceDataPreprocessor')
        super().__init__(MODELS.build(preprocessor), init_cfg)
        self.backbone = MODELS.build(backbone)
        self.cls_head = MODELS.build(cls_head)

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: list[ActionDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | dict[str, Tensor] | list[ActionDataSample]:
        """Run in one of three modes.

        Args:
            inputs (dict): ``sequence`` (B, V, T, D) and ``length`` (B,).
            data_samples (list, optional): B samples with ``gt_label``.
            mode (str): ``'tensor'``, ``'loss'`` or ``'predict'``.

        Returns:
            ``tensor``: logits (B, V, C). ``loss``: dict of losses. ``predict``: the samples with
            ``pred_score`` (C,) and ``pred_label`` (1,).

        Raises:
            ValueError: If the mode is another.
        """
        logits = self.logits(**inputs)
        if mode == 'tensor':
            return logits
        if mode == 'loss':
            labels = cat([sample.gt_label for sample in data_samples]).to(logits.device)
            return self.cls_head.loss(
                logits.flatten(0, 1), labels.repeat_interleave(logits.size(1))
            )
        if mode == 'predict':
            return self.predictions(logits, data_samples)
        raise ValueError(f'mode is {mode!r}; choose tensor, loss or predict.')

    def logits(self, sequence: Tensor, length: Tensor) -> Tensor:
        """Give the logits (B, V, C) of padded sequences (B, V, T, D) of lengths (B,)."""
        length = length.repeat_interleave(sequence.size(1))
        features, states = self.backbone(sequence.flatten(0, 1), length)
        return self.cls_head(features, states, length).unflatten(0, sequence.shape[:2])

    def predictions(
        self, logits: Tensor, data_samples: list[ActionDataSample] | None
    ) -> list[ActionDataSample]:
        """Put the probabilities, averaged over the views, into the samples (new ones if None)."""
        scores = logits.float().softmax(-1).mean(1)
        samples = data_samples or [ActionDataSample() for _ in scores]
        for sample, score in zip(samples, scores, strict=True):
            sample.set_pred_score(score).set_pred_label(score.argmax())
        return samples
