"""Dropout that draws its random numbers sixteen bits each."""

import torch
from torch import Tensor, nn

LEVELS = 2**16


class Dropout(nn.Dropout):
    """Dropout as in PyTorch, which on a CPU draws a random number of 64 bits for every value.

    The probability is rounded to one in 65,536; what is kept is scaled by the rounded one.
    """

    def forward(self, inputs: Tensor) -> Tensor:
        """Drop values in training.

        Args:
            inputs (Tensor): Any shape.

        Returns:
            Tensor: Of the same shape.
        """
        dropped = round(self.p * LEVELS)
        if not self.training or inputs.device.type != 'cpu' or dropped in (0, LEVELS):
            return super().forward(inputs)
        count = inputs.numel()
        drawn = torch.empty(-(-count // 4), dtype=torch.int64).random_(-(2**63), None)
        drawn = drawn.view(torch.int16)[:count].view(inputs.shape)
        kept = (drawn >= dropped - LEVELS // 2).to(inputs.dtype)
        return inputs * kept.mul_(LEVELS / (LEVELS - dropped))
