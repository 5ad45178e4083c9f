"""Embeddings that lie in files, as a model's output."""

from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel
from torch import Tensor

from vpd_mm.registry import MODELS


@MODELS.register_module()
class StoredEmbedder(BaseModel):
    """Gives the sequences of ``EmbeddingSequenceDataset`` to the metrics; nothing is computed.

    Args:
        data_preprocessor (dict, optional): Defaults to ``SequenceDataPreprocessor``.

    Example:
        >>> import torch
        >>> batch = dict(inputs=[torch.ones(2, 9, 4)], data_samples=[ActionDataSample()])
        >>> StoredEmbedder().test_step(batch)[0].pred_embedding.shape
        torch.Size([9, 2, 4])
    """

    def __init__(self, data_preprocessor: dict | None = None) -> None:
        super().__init__(MODELS.build(data_preprocessor or dict(type='SequenceDataPreprocessor')))

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: list[ActionDataSample],
        mode: str = 'predict',
    ) -> list[ActionDataSample]:
        """Cut the padding off.

        Args:
            inputs (dict): ``sequence`` (B, V, T, D) and ``length`` (B,).
            data_samples (list): B samples.
            mode (str): ``'predict'``; there is nothing to train.

        Returns:
            The samples with ``pred_embedding`` (T_i, V, D).

        Raises:
            ValueError: If the mode is another.
        """
        if mode != 'predict':
            raise ValueError(f"mode is {mode!r}; this model is not trained, choose 'predict'.")
        rows = zip(inputs['sequence'], inputs['length'].tolist(), data_samples, strict=True)
        for sequence, length, sample in rows:
            sample.pred_embedding = sequence[:, :length].transpose(0, 1)
        return data_samples
