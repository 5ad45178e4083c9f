"""Different poses belong apart."""

import torch
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class NegativeMarginLoss(nn.Module):
    """What the distance of two different poses lacks to the margin, one value a sample.

    Args:
        margin: Distance from which a negative costs nothing.
        weight: Factor of the loss.

    Example:
        >>> NegativeMarginLoss()(torch.zeros(1, 4), torch.full((1, 4), 0.25), torch.tensor([True]))
        tensor([0.5000])
    """

    def __init__(self, margin: float = 1.0, weight: float = 1.0) -> None:
        super().__init__()
        self.margin = margin
        self.weight = weight

    def forward(
        self, anchor: torch.Tensor, negative: torch.Tensor, valid: torch.Tensor
    ) -> torch.Tensor:
        """Embeddings (N, D) and which negatives count (N,) to losses (N,)."""
        distance = torch.linalg.vector_norm(anchor - negative, dim=1)
        return self.weight * (self.margin - distance).clamp(min=0) * valid
