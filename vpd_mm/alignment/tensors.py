"""Dynamic time warping of many pairs at once on the device of their tensors."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize, pad
from torch.nn.utils.rnn import pad_sequence

from .sequences import METRICS, check_finite, check_sequences

# Local costs held at once, float64.
BLOCK_CELLS = 1 << 25


def pairwise_dtw_of_tensors(
    seqs: Sequence[Tensor],
    others: Sequence[Tensor] | None = None,
    step_pattern: str = 'symmetricP2',
    metric: str = 'euclidean',
) -> Tensor:
    """Give the distances of all pairs, as :func:`vpd_mm.alignment.pairwise_dtw` does.

    Blocks of pairs advance together, row by row, in float64.

    Args:
        seqs: n tensors (T_i, D), all on one device.
        others: m tensors (U_j, D). Defaults to `seqs`.
        step_pattern: ``'symmetricP2'`` or ``'symmetric2'``.
        metric: ``'euclidean'`` or ``'cosine'``.

    Returns:
        (n, m) float64 on the device of the tensors.

    Raises:
        ValueError: If a sequence is empty or has NaN, or the metric is unknown.
    """
    if metric not in METRICS:
        raise ValueError(f'metric is {metric!r}; choose one of {", ".join(METRICS)}.')
    others = seqs if others is None else others
    check_sequences([*seqs, *others])
    check_finite([*seqs, *others])
    advance = advance_p2 if step_pattern == 'symmetricP2' else advance_symmetric2
    first, length1 = _pad(seqs, metric)
    second, length2 = _pad(others, metric)
    out = first.new_empty(len(first), len(second))
    if not out.numel():
        return out
    cells = first.size(1) * second.size(1)
    columns = max(1, min(len(second), BLOCK_CELLS // cells))
    rows = max(1, BLOCK_CELLS // (cells * columns))
    for i in range(0, len(first), rows):
        for j in range(0, len(second), columns):
            part1, part2 = slice(i, i + rows), slice(j, j + columns)
            cost = local_costs(first[part1], second[part2], metric)
            total = last_cells(cost, length1[part1], length2[part2], advance)
            out[part1, part2] = total / (length1[part1, None] + length2[part2])
    return out


def _pad(sequences: Sequence[Tensor], metric: str) -> tuple[Tensor, Tensor]:
    if not len(sequences):
        return torch.zeros(0, 1, 1, dtype=torch.float64), torch.zeros(0, dtype=torch.int64)
    padded = pad_sequence([sequence.detach().double() for sequence in sequences], batch_first=True)
    if metric == 'cosine':  # a row of zeros points into a direction of its own
        padded = normalize(torch.cat([padded, ~padded.any(2, keepdim=True)], 2), dim=2)
    length = torch.tensor([len(sequence) for sequence in sequences], device=padded.device)
    return padded, length


def local_costs(first: Tensor, second: Tensor, metric: str) -> Tensor:
    """Give the costs (T, A, B, U) of padded sequences (A, T, D) and (B, U, D)."""
    shape = (*first.shape[:2], *second.shape[:2])
    cost = torch.cdist(first.flatten(0, 1), second.flatten(0, 1)).view(shape)
    cost = cost.permute(1, 0, 2, 3)
    return cost if metric == 'euclidean' else cost.square() / 2


def last_cells(cost: Tensor, length1: Tensor, length2: Tensor, advance) -> Tensor:
    """Sum costs (T, A, B, U) row by row and give the sums (A, B) at the last cells."""
    infinite = torch.full_like(cost[0], torch.inf)
    total = infinite.clone()
    total[..., 0] = cost[0, ..., 0]
    if advance is advance_symmetric2:
        total = cost[0].cumsum(-1)
    back = [total, infinite, infinite]
    last_column = (length2 - 1).expand(*cost.shape[1:3])[..., None]
    out = torch.empty_like(cost[0, ..., 0])
    for row in range(len(cost)):
        if row:
            back = [advance(cost, row, back), *back[:2]]
        ends = length1 == row + 1
        out[ends] = back[0].gather(-1, last_column)[..., 0][ends]
    return out


def advance_p2(cost: Tensor, row: int, back: list[Tensor]) -> Tensor:
    """Give the sums of a row (A, B, U) from those of the three rows before."""
    here, above, above2 = cost[row], cost[row - 1], cost[max(row - 2, 0)]
    diagonal = shift(back[0], 1) + 2 * here
    flat = shift(back[1], 3) + 2 * (shift(above, 2) + shift(here, 1)) + here
    steep = shift(back[2], 2) + 2 * (shift(above2, 1) + above) + here
    return diagonal.minimum(flat).minimum(steep)


def advance_symmetric2(cost: Tensor, row: int, back: list[Tensor]) -> Tensor:
    """Give the sums of a row (A, B, U) from those of the row before."""
    here = cost[row]
    entry = (shift(back[0], 1) + 2 * here).minimum(back[0] + here)
    # A path enters the row in some column and runs on in it: all columns at once.
    along = here.cumsum(-1)
    return (entry - along).cummin(-1).values + along


def shift(values: Tensor, columns: int) -> Tensor:
    """Move to the right and fill with infinity."""
    return pad(values, (columns, 0), value=torch.inf)[..., : values.size(-1)]
