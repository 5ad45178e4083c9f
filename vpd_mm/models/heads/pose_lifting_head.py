"""The teacher's decoder: from an embedding back to the 3D pose. Used in training only."""

from itertools import pairwise

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.models.backbones.residual_mlp import ResidualBlock
from vpd_mm.registry import MODELS


@MODELS.register_module()
class PoseLiftingHead(BaseModule):
    """Layers that all sets share, and one linear layer a set.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        num_bones: Bones B of every set's skeleton, by the name of the set.
        embedding_dim: Size D of the embedding.
        hidden_channels: Width of the shared layers.
        num_layers: Number of shared layers, or of residual blocks.
        residual: Share a linear layer and residual blocks as in the encoder, rather than linear
            layers with ReLU.
        bone_features: Numbers that describe a bone, see
            :func:`vpd_mm.skeletons.pose3d_features`.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(
        self,
        num_bones: dict[str, int],
        embedding_dim: int = 32,
        hidden_channels: int = 512,
        num_layers: int = 2,
        residual: bool = False,
        bone_features: int = 7,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        sizes = [embedding_dim] + [hidden_channels] * (1 if residual else num_layers)
        layers = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]
        if residual:
            layers += [ResidualBlock(hidden_channels, dropout=0.0) for _ in range(num_layers)]
        self.layers = nn.Sequential(*layers)
        self.bone_features = bone_features
        self.fc = nn.ModuleDict(
            {name: nn.Linear(sizes[-1], bones * bone_features) for name, bones in num_bones.items()}
        )

    def forward(self, embedding: torch.Tensor, set_name: str) -> torch.Tensor:
        """Lift embeddings (N, D) to the features (N, B, 7) of a set's skeleton.

        Raises:
            ValueError: The head knows no such set.
        """
        if set_name not in self.fc:
            raise ValueError(
                f'the lifting head knows the sets {", ".join(self.fc)}, and a batch holds '
                f"{set_name!r}; add its number of bones to the head's num_bones"
            )
        features = self.fc[set_name](self.layers(embedding))
        return features.unflatten(1, (-1, self.bone_features))
