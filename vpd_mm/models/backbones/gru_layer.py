"""A bidirectional layer of gated recurrent units on the CPU, with its gradient written out."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .gru_kernels import backward_step, forward_step


class BidirectionalGRULayer(torch.autograd.Function):
    """One layer over packed sequences, as ``torch.nn.GRU`` computes it.

    PyTorch makes a node of its graph of each small operation at each step, and adds up the gradient
    of the weights step by step. Here a step is one product and one compiled loop, and the input's
    products and the weights' gradients are one product over all steps each. Under autocast to
    bfloat16 products and what is kept for the gradient have half precision, the state has not.
    """

    @staticmethod
    def forward(ctx, rows: Tensor, sizes: list[int], *weights: Tensor) -> Tensor:
        """Run the layer.

        Args:
            rows (Tensor): (P, D) float32 or bfloat16, step after step, the longest sequence first.
            sizes (list[int]): How many sequences have each step; never more than the one before.
            *weights (Tensor): ``weight_ih`` (3H, D), ``weight_hh`` (3H, H), ``bias_ih`` and
                ``bias_hh`` (3H,) of the forward and of the backward direction, float32.

        Returns:
            Tensor: (P, 2H), in the type of the products.
        """
        dtype = product_type()
        rows = rows.to(dtype)
        size = weights[1].size(1)
        out = rows.new_empty(len(rows), 2 * size)
        kept = []
        for number, half in enumerate(out.split(size, 1)):
            own = weights[4 * number : 4 * number + 4]
            gates = rows.new_empty(len(rows), 4 * size)
            run_direction(rows, gates, half, step_rows(sizes, backward=number == 1), *own)
            kept.append(gates)
        ctx.save_for_backward(rows, out, *weights)
        ctx.sizes, ctx.kept = sizes, kept
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple:
        """Give the gradients of the rows and the weights."""
        if not ctx.kept:
            raise RuntimeError('This layer keeps nothing for a second backward pass.')
        rows, out, *weights = ctx.saved_tensors
        size = out.size(1) // 2
        later, earlier = neighbours(ctx.sizes)
        grad = grad.contiguous()
        grad_rows, grads = None, []
        for number, (half, grad_half) in enumerate(
            zip(out.split(size, 1), grad.split(size, 1), strict=True)
        ):
            weight_ih, weight_hh = (w.to(rows.dtype) for w in weights[4 * number : 4 * number + 2])
            gates = ctx.kept[number]
            steps = step_rows(ctx.sizes, backward=number == 1)
            total = return_direction(gates, grad_half, half, list(steps), weight_hh)
            of_input, of_state = gates[:, : 3 * size], gates[:, size:]
            here, there = (earlier, later) if number == 1 else (later, earlier)
            grads += [
                reset_first(of_input.t() @ rows),
                of_state[here].t() @ half[there],
                reset_first(total[: 3 * size]),
                total[size:],
            ]
            if ctx.needs_input_grad[0]:
                share = of_input @ candidate_first(weight_ih)
                grad_rows = share if grad_rows is None else grad_rows.add_(share)
        ctx.kept = None
        return grad_rows, None, *(part.float() for part in grads)


def run_direction(
    rows: Tensor,
    gates: Tensor,
    out: Tensor,
    steps: Iterator[tuple[slice, slice]],
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
) -> None:
    """Run one direction: fill gates (P, 4H) and out (P, H), see `forward_step`."""
    size = weight_hh.size(1)
    torch.mm(rows, candidate_first(weight_ih).to(rows.dtype).t(), out=gates[:, : 3 * size])
    weight = weight_hh.to(rows.dtype).t()
    bias = candidate_first(bias_ih)
    bias = torch.cat([bias[:size], bias[size:] + bias_hh[: 2 * size], bias_hh[2 * size :]])
    steps = list(steps)
    most = max(own.stop - own.start for own, _ in steps)
    hidden = rows.new_zeros(most, 3 * size)
    state = np.zeros((most, size), np.float32)
    arrays = [as_array(each) for each in (gates, hidden, out)]
    bias = bias.numpy()
    for own, before in steps:
        known = before.stop - before.start
        if known:
            torch.mm(out[before], weight, out=hidden[:known])
        forward_step(arrays[0][own], arrays[1], bias, state, arrays[2][own])


def return_direction(
    gates: Tensor, grad: Tensor, out: Tensor, steps: list[tuple[slice, slice]], weight_hh: Tensor
) -> Tensor:
    """Turn gates into gradients, from the last step to the first; see `backward_step`.

    Returns:
        Tensor: Sum of the gradients over all rows, (4H,) float64.
    """
    size = weight_hh.size(1)
    most = max(own.stop - own.start for own, _ in steps)
    recurrent = gates.new_zeros(most, size)
    carry, total = np.zeros((most, size), np.float32), np.zeros(4 * size)
    arrays = [as_array(each) for each in (gates, grad, recurrent, out)]
    for own, before in reversed(steps):
        backward_step(arrays[0][own], arrays[1][own], arrays[2], arrays[3][before], carry, total)
        known = before.stop - before.start
        if known:
            torch.mm(gates[own.start : own.start + known, size:], weight_hh, out=recurrent[:known])
    return torch.from_numpy(total)


def product_type() -> torch.dtype:
    """Give the type of products: bfloat16 under such autocast, else float32."""
    lowered = torch.is_autocast_enabled('cpu')
    lowered = lowered and torch.get_autocast_dtype('cpu') == torch.bfloat16
    return torch.bfloat16 if lowered else torch.float32


def step_rows(sizes: list[int], backward: bool) -> Iterator[tuple[slice, slice]]:
    """Give the rows of each step, in the order of the direction, and of the states before it.

    The sequences that have no state before it are the last of the step.
    """
    starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    steps = range(len(sizes))
    for step in reversed(steps) if backward else steps:
        other = step + 1 if backward else step - 1
        known = min(sizes[step], sizes[other]) if 0 <= other < len(sizes) else 0
        begin = starts[other] if known else 0
        yield slice(starts[step], starts[step + 1]), slice(begin, begin + known)


def neighbours(sizes: list[int]) -> tuple[slice, slice | Tensor]:
    """Give all rows that have one a step earlier in their sequence, and that of each."""
    first, total = sizes[0], sum(sizes)
    if sizes[-1] == first:
        return slice(first, total), slice(0, total - first)
    before = torch.tensor(sizes[:-1]).repeat_interleave(torch.tensor(sizes[1:]))
    return slice(first, total), torch.arange(first, total) - before


def candidate_first(weight: Tensor) -> Tensor:
    """Bring rows of PyTorch's order, r, z, n, into n, r, z."""
    return weight.roll(len(weight) // 3, 0)


def reset_first(weight: Tensor) -> Tensor:
    """Bring rows n, r, z into PyTorch's order."""
    return weight.roll(-(len(weight) // 3), 0)


def as_array(tensor: Tensor) -> np.ndarray:
    """Give the memory of a tensor as float32, or the bits of bfloat16 as uint16."""
    if tensor.dtype == torch.bfloat16:
        return tensor.detach().view(torch.int16).numpy().view(np.uint16)
    return tensor.detach().numpy()
