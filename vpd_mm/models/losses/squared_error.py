"""Squared error of embeddings."""

import torch
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class SquaredErrorLoss(nn.Module):
    """Squared error, summed over the features, averaged over the images.

    Example:
        >>> SquaredErrorLoss()(torch.zeros(4, 3), torch.ones(4, 3))
        tensor(3.)
    """

    def forward(self, prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Loss of (B, D) predictions and targets, a scalar in float32."""
        return (prediction.float() - target.float()).square().sum(-1).mean()
