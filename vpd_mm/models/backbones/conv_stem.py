"""The least image network: one convolution."""

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.registry import MODELS


@MODELS.register_module()
class ConvStem(BaseModule):
    """A convolution of stride 2, batch norm and ReLU, for trials where a ResNet takes too long.

    Args:
        in_channels: 3 for RGB, 5 for RGB and flow.
        out_channels: Channels of the feature map.
        kernel_size: Side of the kernel; the image is padded by half of it.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(
        self,
        in_channels: int = 5,
        out_channels: int = 64,
        kernel_size: int = 3,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.conv1 = nn.Conv2d(
            in_channels, out_channels, kernel_size, stride=2, padding=kernel_size // 2, bias=False
        )
        self.bn1 = nn.BatchNorm2d(out_channels)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) to (B, out_channels, h, w)."""
        return self.bn1(self.conv1(images)).relu()
