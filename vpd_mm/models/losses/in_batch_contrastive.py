"""A view is nearer to the other view of its pose than to those of all other poses."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from vpd_mm.registry import MODELS


@MODELS.register_module()
class InBatchContrastiveLoss(nn.Module):
    """Cross entropy of finding a pose's other view among those of the batch, one value a sample.

    Both views are asked for the other, and the mean is taken. It makes negatives of all other
    samples, where :class:`NegativeMarginLoss` has one a sample; it is not part of the paper.

    Source: van den Oord et al., "Representation Learning with Contrastive Predictive Coding",
    2018, equation 4, with negative Euclidean distance as similarity.

    Args:
        temperature: Distance that makes a pose e times as likely.
        weight: Factor of the loss.

    Example:
        >>> poses = torch.tensor([[0.0], [10.0]])
        >>> InBatchContrastiveLoss()(poses, poses)
        tensor([0., 0.])
    """

    def __init__(self, temperature: float = 0.2, weight: float = 1.0) -> None:
        super().__init__()
        self.temperature = temperature
        self.weight = weight

    def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        """Embeddings (N, D) of the two views to losses (N,)."""
        similarity = -torch.cdist(first.float(), second.float()) / self.temperature
        own = torch.arange(len(first), device=first.device)
        there = cross_entropy(similarity, own, reduction='none')
        back = cross_entropy(similarity.T, own, reduction='none')
        return self.weight * (there + back) / 2
