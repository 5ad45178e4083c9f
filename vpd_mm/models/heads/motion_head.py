"""From a frame's embedding to the embedding and its change: used in training only."""

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class MotionHead(BaseModule):
    """Perceptron that predicts ``[e_t, e_t - e_(t-1)]`` from the student's embedding.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        embedding_dim: Size D of the student's embedding.
        target_dim: Size of the teacher's; D by default.
        hidden_dim: Width of the two hidden layers.
        dropout: Dropout after the second.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(
        self,
        embedding_dim: int,
        target_dim: int | None = None,
        hidden_dim: int = 128,
        dropout: float = 0.0,
        init_cfg: dict | None = None,
    ):
        super().__init__(init_cfg=init_cfg)
        self.layers = nn.Sequential(
            nn.Linear(embedding_dim, hidden_dim),
            nn.ReLU(),
            nn.Linear(hidden_dim, hidden_dim),
            nn.Dropout(dropout),
            nn.ReLU(),
            nn.Linear(hidden_dim, 2 * (target_dim or embedding_dim)),
        )

    def forward(self, embedding: torch.Tensor) -> torch.Tensor:
        """(B, D) to (B, 2 D)."""
        return self.layers(embedding)
