"""Long sequences cut into overlapping chunks, which are run side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


@dataclass(frozen=True)
class Chunks:
    """How sequences are cut; each chunk has some context on either side.

    Attributes:
        size: Frames of a chunk that are its own.
        context: Frames before and behind them that it sees too.
        rows: Chunks run at a time, of whichever sequences.
    """

    size: int
    context: int
    rows: int

    def run(
        self, function: Callable[[Tensor, Tensor], Tensor], sequences: list[Tensor]
    ) -> list[Tensor]:
        """Run a function of padded batches over sequences.

        Args:
            function: Takes (N, L, D) and lengths (N,), gives (N, L, C).
            sequences: Of each its V views, (V, T_i, D).

        Returns:
            list[Tensor]: (V, T_i, C) of each.
        """
        own = [(n, *span) for n, s in enumerate(sequences) for span in self.spans(s.size(1))]
        outputs: list[list[Tensor]] = [[] for _ in sequences]
        for first in range(0, len(own), self.rows):
            part = own[first : first + self.rows]
            seen = [
                sequences[n][:, max(0, start - self.context) : end + self.context]
                for n, start, end in part
            ]
            batch = pad_sequence([chunk.transpose(0, 1) for chunk in seen], batch_first=True)
            views = batch.size(2)
            length = torch.tensor([chunk.size(1) for chunk in seen], device=batch.device)
            output = function(batch.transpose(1, 2).flatten(0, 1), length.repeat_interleave(views))
            for (n, start, end), found in zip(part, output.unflatten(0, (-1, views)), strict=True):
                before = min(start, self.context)
                outputs[n].append(found[:, before : before + end - start])
        return [torch.cat(parts, 1) for parts in outputs]

    def spans(self, length: int) -> list[tuple[int, int]]:
        """Give start and end of what is each chunk's own; a little too long is one chunk still."""
        if length <= self.size + self.context:
            return [(0, length)]
        return [(first, min(first + self.size, length)) for first in range(0, length, self.size)]
