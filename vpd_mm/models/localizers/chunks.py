"""Long sequences cut into overlapping chunks, which are run side by side."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Chunks:
    """How sequences are cut; each chunk has some context on either side.

    Attributes:
        size: Frames of a chunk that are its own.
        context: Frames before and behind them that it sees too.
        rows: Chunks run at a time.
    """

    size: int
    context: int
    rows: int

    def run(self, function, sequence: Tensor) -> Tensor:
        """Run a function of padded batches over one long sequence.

        Args:
            function: Takes (N, L, D) and lengths (N,), gives (N, L, C).
            sequence: (V, T, D), V views.

        Returns:
            Tensor: (V, T, C).
        """
        views, length, _ = sequence.shape
        own = torch.arange(0, length, self.size, device=sequence.device)
        first = (own - self.context).clamp(min=0)
        last = (own + self.size + self.context).clamp(max=length)
        width = int((last - first).max())
        step = torch.arange(width, device=sequence.device)
        where = (first[:, None] + step).clamp(max=length - 1)
        outputs = []
        for start in range(0, len(own), self.rows):
            part = slice(start, start + self.rows)
            chunk = sequence[:, where[part]].flatten(0, 1)
            lengths = (last - first)[part].repeat(views)
            chunk = chunk * (step < lengths[:, None])[..., None]
            output = function(chunk, lengths).unflatten(0, (views, -1))
            keep = own[part, None] + torch.arange(self.size, device=sequence.device)
            inside = keep < length
            index = (keep - first[part, None]).clamp(max=width - 1)
            index = index[None, :, :, None].expand(views, -1, -1, output.size(-1))
            outputs.append(output.gather(2, index)[:, inside])
        return torch.cat(outputs, 1)
