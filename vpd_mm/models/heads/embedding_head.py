"""From features to an embedding."""

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class EmbeddingHead(BaseModule):
    """Global average pooling, where there is a feature map, and a linear layer.

    Args:
        in_channels: Channels of the features: 512 for ResNet-18 and -34, 2048 for ResNet-50.
        embedding_dim: Size D of the embedding.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(self, in_channels: int, embedding_dim: int, init_cfg: dict | None = None):
        super().__init__(init_cfg=init_cfg)
        self.fc = nn.Linear(in_channels, embedding_dim)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(B, C, h, w) or (B, C) to (B, D)."""
        return self.fc(features.mean((2, 3)) if features.ndim == 4 else features)
