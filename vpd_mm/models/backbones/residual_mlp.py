"""The teacher's encoder."""

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.registry import MODELS


class ResidualBlock(nn.Module):
    """Twice linear, batch norm, ReLU, dropout; gives the result MINUS its input.

    The sign is that of the published weights.
    """

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.block = nn.Sequential(*self._layer(channels, dropout), *self._layer(channels, dropout))

    @staticmethod
    def _layer(channels: int, dropout: float) -> list[nn.Module]:
        return [
            nn.Linear(channels, channels),
            nn.BatchNorm1d(channels),
            nn.ReLU(),
            nn.Dropout(dropout),
        ]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(N, C) to (N, C)."""
        return self.block(inputs) - inputs


@MODELS.register_module()
class ResidualMLP(BaseModule):
    """Linear, ReLU, residual blocks, linear: from a normalised 2D pose to its embedding.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        in_channels: Numbers in a pose: 39 for 13 joints, 75 with limbs.
        out_channels: Size D of the embedding.
        hidden_channels: Width of the blocks.
        num_blocks: Number of blocks.
        dropout: Dropout in the blocks.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(
        self,
        in_channels: int = 39,
        out_channels: int = 32,
        hidden_channels: int = 1024,
        num_blocks: int = 2,
        dropout: float = 0.2,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.layers = nn.Sequential(
            nn.Linear(in_channels, hidden_channels),
            nn.ReLU(),
            *(ResidualBlock(hidden_channels, dropout) for _ in range(num_blocks)),
            nn.Linear(hidden_channels, out_channels),
        )

    def forward(self, pose: torch.Tensor) -> torch.Tensor:
        """(N, in_channels) to (N, D)."""
        return self.layers(pose)
