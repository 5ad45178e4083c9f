"""Two views of a pose belong together."""

import torch
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class ViewContrastiveLoss(nn.Module):
    """Euclidean distance of the embeddings of two views, one value a sample.

    Args:
        weight: Factor of the loss.

    Example:
        >>> ViewContrastiveLoss()(torch.zeros(2, 4), torch.ones(2, 4))
        tensor([2., 2.])
    """

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Embeddings (N, D) of the two views to losses (N,)."""
        return self.weight * torch.linalg.vector_norm(first - second, dim=1)
