"""Compiled gates of a gated recurrent unit, one step of one direction forward and backward.

Rows are float32, or the upper halves of float32 values (bfloat16) as uint16, which are widened
before and rounded after all arithmetic. Every loop does one simple thing, so that it vectorises.

A row of gates holds four parts of size H. Before a forward step the first three are the input's
shares of candidate, reset and update gate; afterwards they are the candidate n, the gates r and z,
and the state's share q of the candidate: n = tanh(x + r q), h' = n + z (h - n). A backward step
puts the gradients of the four sums in their places, so that columns 0 to 3H are what the weights of
the input see, and H to 4H what those of the state see.
"""

import numpy as np
from numba import njit, types
from numba.extending import overload

ONE, HALF, LIMIT = np.float32(1), np.float32(0.5), np.float32(9)
# tanh(x) = x P(x²) / Q(x²), coefficients from the highest power down; right to 3e-7 up to LIMIT.
TANH_P = tuple(
    map(
        np.float32,
        (
            -2.76076847742355e-16,
            2.00018790482477e-13,
            -8.60467152213735e-11,
            5.12229709037114e-08,
            1.48572235717979e-05,
            6.37261928875436e-04,
            4.89352455891786e-03,
        ),
    )
)
TANH_Q = tuple(
    map(
        np.float32,
        (
            1.19825839466702e-06,
            1.18534705686654e-04,
            2.26843463243900e-03,
            4.89352518554385e-03,
        ),
    )
)
REORDER = {'reassoc', 'contract', 'nsz', 'arcp'}
SETTINGS = dict(nogil=True, cache=True, fastmath=REORDER, error_model='numpy')


def load(row, bits):
    """Give a row as float32: itself, or widened into bits, (size,) uint32."""


def store(row, values):
    """Put float32 values, which may be the row itself, into a row."""


@overload(load, jit_options=SETTINGS)
def _load(row, bits):
    if row.dtype == types.float32:
        return lambda row, bits: row

    def widen(row, bits):
        for j in range(len(row)):
            bits[j] = np.uint32(row[j]) << np.uint32(16)
        return bits.view(np.float32)[: len(row)]

    return widen


@overload(store, jit_options=SETTINGS)
def _store(row, values):
    if row.dtype == types.float32:

        def copy(row, values):
            for j in range(len(row)):
                row[j] = values[j]

        return copy

    def round_to_even(row, values):
        bits = values.view(np.uint32)
        for j in range(len(row)):
            odd = (bits[j] >> np.uint32(16)) & np.uint32(1)
            row[j] = (bits[j] + np.uint32(0x7FFF) + odd) >> np.uint32(16)

    return round_to_even


@njit(inline='always', **SETTINGS)
def horner(y, coefficients):
    total = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * y + coefficient
    return total


@njit(inline='always', **SETTINGS)
def tanh(x):
    x = LIMIT if x > LIMIT else x
    x = -LIMIT if x < -LIMIT else x
    y = x * x
    return x * horner(y, TANH_P) / horner(y, TANH_Q)


@njit(**SETTINGS)
def forward_step(gates, hidden, bias, state, out):
    """Compute gates and new states of the rows of one step.

    Args:
        gates: (n, 4H), the input's shares in the first 3H columns; overwritten.
        hidden: At least n rows of 3H, the state's shares of r, z and n.
        bias: (4H,) float32, added to the columns of gates.
        state: At least n rows of H, float32; overwritten by the new states.
        out: (n, H), receives the new states.
    """
    size = np.uint64(out.shape[1])
    two, three = np.uint64(2) * size, np.uint64(3) * size
    gate_bits, hidden_bits = np.empty(4 * size, np.uint32), np.empty(three, np.uint32)
    for i in range(len(out)):
        g, a, h = load(gates[i], gate_bits), load(hidden[i], hidden_bits), state[i]
        for j in range(two):
            g[size + j] = HALF * tanh(HALF * (g[size + j] + a[j] + bias[size + j])) + HALF
        for j in range(size):
            g[three + j] = a[two + j] + bias[three + j]
        for j in range(size):
            g[j] = tanh(g[j] + bias[j] + g[size + j] * g[three + j])
        for j in range(size):
            h[j] = g[j] + g[two + j] * (h[j] - g[j])
        store(gates[i], g)
        store(out[i], h)


@njit(**SETTINGS)
def backward_step(gates, grad, recurrent, previous, carry, total):
    """Turn the gates of one step into the gradients of their sums.

    Args:
        gates: (n, 4H); overwritten.
        grad: (n, H), gradient of the states from outside.
        recurrent: At least n rows of H, gradient of the states through the sums of the next step.
        previous: (m, H), the states before the step of the first m rows; those of others are 0.
        carry: At least n rows of H, float32: gradient of the states through the update gate of the
            next step; overwritten by that of the states before.
        total: (4H,) float64, to which the gradients are added.
    """
    size = np.uint64(grad.shape[1])
    two, three = np.uint64(2) * size, np.uint64(3) * size
    gate_bits = np.empty(4 * size, np.uint32)
    bits = np.empty((3, size), np.uint32)
    nothing = np.zeros(size, previous.dtype)
    for i in range(len(grad)):
        g, d, c = load(gates[i], gate_bits), load(grad[i], bits[0]), carry[i]
        e = load(recurrent[i], bits[1])
        p = load(previous[i] if i < len(previous) else nothing, bits[2])
        for j in range(size):
            c[j] += d[j] + e[j]
        for j in range(size):
            n, r, z, q = g[j], g[size + j], g[two + j], g[three + j]
            through_n = c[j] * (ONE - z) * (ONE - n * n)
            g[j] = through_n
            g[size + j] = through_n * q * r * (ONE - r)
            g[two + j] = c[j] * (p[j] - n) * z * (ONE - z)
            g[three + j] = through_n * r
            c[j] *= z
        for j in range(4 * size):
            total[j] += g[j]
        store(gates[i], g)
