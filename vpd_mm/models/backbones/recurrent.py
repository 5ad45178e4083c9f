"""Bidirectional recurrent network over padded batches of sequences."""

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vpd_mm.registry import MODELS

CELLS = dict(gru=nn.GRU, lstm=nn.LSTM)


@MODELS.register_module()
class RecurrentBackbone(BaseModule):
    """Bidirectional GRU or LSTM; padding never enters a result.

    In training on the CPU each direction runs over the padded batch, the backward one over every
    sequence reversed within its own length: the gradient of packed sequences there fills a whole
    tensor with zeros at each time step. Results equal those of packed sequences.

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
        self.dropout = nn.Dropout(dropout)
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
        packed = sequence.is_cuda or not torch.is_grad_enabled()
        run = self.run_packed if packed else self.run_padded
        return run(sequence, length)

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
        weights = [
            getattr(self.rnn, name + suffix)
            for name in ('weight_ih', 'weight_hh', 'bias_ih', 'bias_hh')
        ]
        state = sequence.new_zeros(1, len(sequence), self.rnn.hidden_size)
        settings = (weights, True, 1, 0.0, self.training, False, True)
        if isinstance(self.rnn, nn.LSTM):
            return torch._VF.lstm(sequence, (state, state), *settings)[0]
        return torch._VF.gru(sequence, state, *settings)[0]


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
