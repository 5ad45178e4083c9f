"""Bidirectional recurrent network over padded batches of sequences."""

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vpd_mm.models.dropout import Dropout
from vpd_mm.registry import MODELS

from .gru_layer import BidirectionalGRULayer

CELLS = dict(gru=nn.GRU, lstm=nn.LSTM)


@MODELS.register_module()
class RecurrentBackbone(BaseModule):
    """Bidirectional GRU or LSTM; padding never enters a result.

    All ways to run it give the results of packed sequences. These are slow to train on a CPU, where
    their gradient fills a whole tensor with zeros at each step: a GRU then has layers of its own,
    an LSTM runs each direction over the padded batch, the backward one over every sequence reversed
    within its own length. Under autocast to bfloat16 the layers of the GRU train about three times
    as fast on a CPU that has such products.

    Args:
        in_channels (int): Size D of an embedding.
        hidden_channels (int): Size H of a state. Defaults to 128.
        num_layers (int): Number of layers L. Defaults to 2.
        cell (str): ``'gru'`` or ``'lstm'``. Defaults to ``'gru'``.
        dropout (float): Dropout of the input. Defaults to 0.2.
        input_norm (bool): Whether the input passes a batch norm over the valid steps (some
            published weights have one). Defaults to False.
        init_cfg (dict, optional): Initialisation. Defaults to None.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int = 128,
        num_layers: int = 2,
        cell: str = 'gru',
        dropout: float = 0.2,
        input_norm: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if cell not in CELLS:
            raise ValueError(f'cell is {cell!r}; choose one of {", ".join(CELLS)}.')
        self.input_norm = nn.BatchNorm1d(in_channels) if input_norm else None
        self.dropout = Dropout(dropout)
        self.rnn = CELLS[cell](
            in_channels, hidden_channels, num_layers, batch_first=True, bidirectional=True
        )

    def forward(self, sequence: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Run over a padded batch.

        Args:
            sequence (Tensor): (N, T, D), zeros behind the end.
            length (Tensor): (N,) int64, at least 1 each.

        Returns:
            tuple[Tensor, Tensor]: The outputs, (N, T, 2H), 0 behind the end; and the final states
            of all layers and directions, (N, 2LH).

        Raises:
            ValueError: If the embeddings are of another size than the network takes.
        """
        if sequence.size(-1) != self.rnn.input_size:
            raise ValueError(
                f'The embeddings have {sequence.size(-1)} values and the model takes '
                f'{self.rnn.input_size}; set model.backbone.in_channels to the former.'
            )
        if self.input_norm is not None:
            sequence = self._normalize(sequence, length)
        sequence = self.dropout(sequence)
        if sequence.is_cuda or not torch.is_grad_enabled():
            return self.run_packed(sequence, length)
        if isinstance(self.rnn, nn.GRU) and sequence.dtype == torch.float32:
            return self.run_layers(sequence, length)
        return self.run_padded(sequence, length)

    def _normalize(self, sequence: Tensor, length: Tensor) -> Tensor:
        valid = valid_steps(sequence, length)
        normalized = torch.zeros_like(sequence)
        normalized[valid] = self.input_norm(sequence[valid])
        return normalized

    def run_packed(self, sequence: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Run by packed sequences, which is the fast way on a GPU, and without gradients."""
        packed = pack_padded_sequence(
            sequence, length.cpu(), batch_first=True, enforce_sorted=False
        )
        output, state = self.rnn(packed)
        output, _ = pad_packed_sequence(output, batch_first=True, total_length=sequence.size(1))
        state = state[0] if isinstance(self.rnn, nn.LSTM) else state
        return output, state.transpose(0, 1).flatten(1)

    def run_layers(self, sequence: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Run a GRU by layers of our own, which is the fast way to train it on a CPU."""
        shape, size = sequence.shape[:2], self.rnn.hidden_size
        rows, sizes, last, inverse = packed_rows(length, sequence.size(1))
        data = sequence.flatten(0, 1)[rows]
        states = []
        for layer in range(self.rnn.num_layers):
            weights = self._weights(f'_l{layer}') + self._weights(f'_l{layer}_reverse')
            data = BidirectionalGRULayer.apply(data, sizes, *weights)
            states += [data[last, :size], data[: len(length), size:]]
        output = data.new_zeros(shape.numel(), 2 * size).index_copy(0, rows, data)
        return output.view(*shape, -1), torch.cat(states, 1)[inverse]

    def run_padded(self, sequence: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Run each direction over the padded batch, which is the fast way to train on a CPU."""
        valid = valid_steps(sequence, length).unsqueeze(-1)
        backwards = reversed_steps(sequence, length)
        last = (length - 1)[:, None, None].expand(-1, 1, self.rnn.hidden_size)
        states = []
        for layer in range(self.rnn.num_layers):
            forward = self._run_direction(sequence, f'_l{layer}')
            backward = self._run_direction(take_steps(sequence, backwards), f'_l{layer}_reverse')
            states += [forward.gather(1, last)[:, 0], backward.gather(1, last)[:, 0]]
            sequence = torch.cat([forward, take_steps(backward, backwards)], -1) * valid
        return sequence, torch.cat(states, 1)

    def _run_direction(self, sequence: Tensor, suffix: str) -> Tensor:
        weights = self._weights(suffix)
        state = sequence.new_zeros(1, len(sequence), self.rnn.hidden_size)
        settings = (weights, True, 1, 0.0, self.training, False, True)
        if isinstance(self.rnn, nn.LSTM):
            return torch._VF.lstm(sequence, (state, state), *settings)[0]
        return torch._VF.gru(sequence, state, *settings)[0]

    def _weights(self, suffix: str) -> list[Tensor]:
        names = ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh')
        return [getattr(self.rnn, name + suffix) for name in names]


def packed_rows(length: Tensor, steps: int) -> tuple[Tensor, list[int], Tensor, Tensor]:
    """Lay out the valid steps of a padded batch step after step, the longest sequence first.

    Args:
        length (Tensor): (N,), at least 1 each.
        steps (int): Steps T of the batch, padding included.

    Returns:
        tuple: The rows of the batch (N * T, ...) in this order, (P,); how many sequences have each
        step; where the last step of each lies in the order, the longest sequence first; and the
        rank of each by length, (N,).
    """
    ordered, order = length.sort(descending=True, stable=True)
    step, rank = (torch.arange(int(ordered[0]))[:, None] < ordered).nonzero(as_tuple=True)
    sizes = step.bincount()
    last = (sizes.cumsum(0) - sizes)[ordered - 1] + torch.arange(len(length))
    return order[rank] * steps + step, sizes.tolist(), last, order.argsort()


def valid_steps(sequence: Tensor, length: Tensor) -> Tensor:
    """Give which steps of a padded batch (N, T, ...) belong to the sequences, (N, T) bool."""
    return torch.arange(sequence.size(1), device=length.device) < length[:, None]


def reversed_steps(sequence: Tensor, length: Tensor) -> Tensor:
    """Give the steps in the order that reverses each sequence within its length, (N, T)."""
    step = torch.arange(sequence.size(1), device=length.device).expand(len(length), -1)
    return torch.where(step < length[:, None], length[:, None] - 1 - step, step)


def take_steps(sequence: Tensor, steps: Tensor) -> Tensor:
    """Take steps (N, T) of a batch (N, T, D)."""
    first = torch.arange(len(steps), device=steps.device)[:, None] * steps.size(1)
    rows = sequence.flatten(0, 1).index_select(0, (first + steps).flatten())
    return rows.view_as(sequence)
