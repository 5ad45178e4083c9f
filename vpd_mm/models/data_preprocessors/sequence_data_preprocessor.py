"""Batches of sequences of unequal length."""

import torch
from mmengine.model import BaseDataPreprocessor
from torch.nn.utils.rnn import pad_sequence

from vpd_mm.registry import MODELS


@MODELS.register_module()
class SequenceDataPreprocessor(BaseDataPreprocessor):
    """Pad sequences with zeros behind their end and give their lengths.

    Example:
        >>> batch = dict(inputs=[torch.ones(2, 5, 3), torch.ones(2, 4, 3)], data_samples=[])
        >>> SequenceDataPreprocessor()(batch)['inputs']['sequence'].shape
        torch.Size([2, 2, 5, 3])
    """

    def forward(self, data: dict, training: bool = False) -> dict:
        """Pad a batch.

        Args:
            data (dict): ``inputs``, B tensors (V, T_i, D), and ``data_samples``.
            training (bool): Not used.

        Returns:
            dict: ``inputs`` = dict(sequence=(B, V, T, D), length=(B,) int64), ``data_samples``.
        """
        data = self.cast_data(data)
        sequences = data['inputs']
        padded = pad_sequence([views.transpose(0, 1) for views in sequences], batch_first=True)
        length = torch.tensor([views.size(1) for views in sequences], device=padded.device)
        return dict(
            inputs=dict(sequence=padded.transpose(1, 2), length=length),
            data_samples=data.get('data_samples'),
        )
