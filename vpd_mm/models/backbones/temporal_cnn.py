"""Convolution over the time of a sequence."""

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.functional import pad

from vpd_mm.registry import MODELS

from .recurrent import valid_steps


@MODELS.register_module()
class TemporalCNN(BaseModule):
    """One-dimensional convolutions of several widths, side by side; padding never enters a result.

    Step t of a branch sees the steps from t to t + kernel - 1. Steps that would see beyond the
    end are 0, which leaves a maximum over time unchanged, as all values are at least 0. A sequence
    shorter than a kernel has one step, which sees zeros behind the end. With depth 2, each branch
    has a second convolution over 7 steps, with stride 1 in the first branch, 2 in the second and
    so on; its steps are the first of T, the others are 0.

    Args:
        in_channels (int): Size D of an embedding.
        hidden_channels (int): Channels H of a branch. Defaults to 128.
        kernel_sizes (tuple[int, ...]): Width of each of the K branches. Defaults to (3, 5, 7).
        depth (int): Convolutions of a branch, 1 or 2. Defaults to 1.
        init_cfg (dict, optional): Initialisation. Defaults to None.

    Example:
        >>> features, states = TemporalCNN(64)(torch.ones(2, 75, 64), torch.tensor([75, 60]))
        >>> features.shape, states.shape
        (torch.Size([2, 75, 384]), torch.Size([2, 384]))
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int = 128,
        kernel_sizes: tuple[int, ...] = (3, 5, 7),
        depth: int = 1,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if depth not in (1, 2):
            raise ValueError(f'depth is {depth}; choose 1 or 2.')
        self.convs = nn.ModuleList(
            nn.Conv1d(in_channels, hidden_channels, kernel) for kernel in kernel_sizes
        )
        self.convs2 = nn.ModuleList(
            nn.Conv1d(hidden_channels, hidden_channels, 7, stride + 1)
            for stride in range(len(kernel_sizes) if depth == 2 else 0)
        )

    def forward(self, sequence: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Run over a padded batch.

        Args:
            sequence (Tensor): (N, T, D), zeros behind the end.
            length (Tensor): (N,) int64, at least 1 each.

        Returns:
            tuple[Tensor, Tensor]: Features (N, T, KH), at least 0; and their maximum over time,
            (N, KH), which attention asks by.

        Raises:
            ValueError: If the embeddings are of another size than the network takes.
        """
        taken = self.convs[0].in_channels
        if sequence.size(-1) != taken:
            raise ValueError(
                f'The embeddings have {sequence.size(-1)} values and the model takes {taken}; '
                'set model.backbone.in_channels to the former.'
            )
        branches = []
        for number, conv in enumerate(self.convs):
            steps, valid = convolve(conv, sequence.transpose(1, 2), length)
            if len(self.convs2):
                steps, valid = convolve(self.convs2[number], steps, valid)
            branches.append(pad(steps, (0, sequence.size(1) - steps.size(2))))
        features = torch.cat(branches, 1).transpose(1, 2)
        return features, features.amax(1)


def convolve(conv: nn.Conv1d, steps: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    """Convolve (N, C, T) of lengths (N,) and rectify; give the steps, 0 behind the new lengths."""
    beyond, stride = conv.kernel_size[0] - 1, conv.stride[0]
    steps = conv(pad(steps, (0, beyond))).relu()
    length = (length - beyond - 1).clamp(min=0) // stride + 1
    return steps * valid_steps(steps.transpose(1, 2), length)[:, None], length
