"""Compiled dynamic time warping of a short sequence along a long one, open at both ends."""

import numpy as np
from numba import njit

from .blocks import BLOCK_COLUMNS, BLOCK_ROWS, block_costs
from .kernels import INF

# asymmetricP2: steps back, the cells passed on the way (from the end), and the weight of each
# cell; the weights of a step add up to the rows of the query that it advances.
FREE_STEPS = (
    ((1, 1), (), 1.0),
    ((2, 3), ((0, 1), (1, 2)), 2 / 3),
    ((3, 2), ((1, 0), (2, 1)), 1.0),
)
TWO_THIRDS = 2 / 3


@njit(nogil=True, cache=True)
def match_ends(a, n, b, start_b, m, square_root, cost, total, begin):
    """Sum the costs of the best paths that begin at any row of b.

    Args:
        a, n: Rows of the query, n of them, and 5 more.
        b, start_b, m: Columns of a sequence; m of them from start_b, and 15 more.
        square_root: Whether local costs are distances; otherwise half of their squares.
        cost: Room for the local costs, (R, m + 15); R is 12, or n + 5 or more to keep them all.
        total: Room for the sums, (S, m + 3) float64; S is 4, or n or more to keep them all. Row i
            lies at i % S, column j at j + 3.
        begin: Room for the columns where the paths begin, int64, as `total`.
    """
    kept = len(cost)
    total[:, :3] = INF
    for i in range(n):
        if i % BLOCK_ROWS == 0:
            for j in range(0, m, BLOCK_COLUMNS):
                block_costs(a, i, b, start_b + j, square_root, cost, i % kept, j)
        if i == 0:
            for j in range(m):
                total[0, j + 3] = cost[0, j]
                begin[0, j + 3] = j
        else:
            sum_row(i, m, cost, total, begin)


@njit(nogil=True, cache=True)
def sum_row(i, m, cost, total, begin):
    """Sum costs up to row i from the three rows before."""
    rows, kept = len(total), len(cost)
    row, back1, back2, back3 = i % rows, (i - 1) % rows, (i - 2) % rows, (i - 3) % rows
    c0, c1, c2 = i % kept, (i - 1) % kept, (i - 2) % kept
    for j in range(m):
        here = np.float64(cost[c0, j])
        best, origin = total[back1, j + 2] + here, begin[back1, j + 2]
        if i >= 2 and j >= 3:
            flat = total[back2, j] + TWO_THIRDS * (here + cost[c0, j - 1] + cost[c1, j - 2])
            if flat < best:
                best, origin = flat, begin[back2, j]
        if i >= 3 and j >= 2:
            steep = total[back3, j + 1] + here + cost[c1, j] + cost[c2, j - 1]
            if steep < best:
                best, origin = steep, begin[back3, j + 1]
        total[row, j + 3], begin[row, j + 3] = best, origin
