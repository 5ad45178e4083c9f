"""An embedding keeps the 3D pose."""

import torch
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class PoseLiftingLoss(nn.Module):
    """Squared error of lifted poses, summed over bones and features, one value a sample.

    Args:
        weight: Factor of the loss.
    """

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, lifted: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Predicted and true features (N, B, 7) to losses (N,)."""
        return self.weight * (lifted - features).square().sum((1, 2))
