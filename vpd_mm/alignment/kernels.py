"""Compiled dynamic time warping of one pair of sequences.

``symmetricP2`` (Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word
recognition", 1978) keeps the slope between 2/3 and 3/2, so that for sequences of equal length only
a fifth of the cells can lie on a path. Only these are computed. The functions hold no lock and call
no library, so that threads may run them side by side.
"""

import numpy as np
from numba import njit

from .blocks import BLOCK_COLUMNS, BLOCK_ROWS, block_costs

INF = np.inf
# Unsigned numbers of rows and columns cannot count from the end, so that the loops vectorise.
U0, U1, U2, U3 = (np.uint64(n) for n in range(4))
# Loops over a row go on to the end of a vector. What they compute beyond the last column of the
# row lies on no path to the last cell.
VECTOR = np.uint64(16)


@njit(nogil=True, cache=True)
def feasible(n, m, slope_limit):
    """Whether a path joins the first and last cells of n times m cells."""
    return not slope_limit or (2 * (m - 1) <= 3 * (n - 1) and 2 * (n - 1) <= 3 * (m - 1))


@njit(nogil=True, cache=True)
def span(i, n, m, slope_limit, slack):
    """First and last column of row i where a path may pass.

    With slack 2 they contain the cells between the ends of a step, which count, too.
    """
    if not slope_limit:
        return 0, m - 1
    left = n - 1 - i
    first = max((2 * i + 2) // 3, m - 1 - (3 * left + slack) // 2)
    last = min(3 * i // 2, m - 1 - (2 * left - slack + 2) // 3)
    return max(first, 0), min(last, m - 1)


@njit(nogil=True, cache=True)
def local_costs(a, start_a, n, b, m, slope_limit, square_root, i, cost):
    """Fill rows i to i + 5 of the local costs; cell (i, j) lies at (i + 2, j + 2)."""
    first = span(i, n, m, slope_limit, 2)[0]
    last = span(min(i + BLOCK_ROWS, n) - 1, n, m, slope_limit, 2)[1]
    for j in range(first, last + 1, BLOCK_COLUMNS):
        block_costs(a, start_a + i, b, j, square_root, cost, i + 2, j + 2)


@njit(nogil=True, cache=True)
def before(row, steps, total):
    """Give the place of an earlier row where rows take turns; divides less than a remainder."""
    return np.uint64(row - steps if row >= steps else row - steps + len(total))


@njit(nogil=True, cache=True)
def sum_row_p2(i, first, last, cost, total):
    """Sum costs up to row i from the three rows before; column j lies at j + 3."""
    row = i % len(total)
    back1, back2, back3 = before(row, 1, total), before(row, 2, total), before(row, 3, total)
    row, i = np.uint64(row), np.uint64(i)
    for block in range(np.uint64(first), np.uint64(last + 1), VECTOR):
        for j in range(block, block + VECTOR):
            here = np.float64(cost[i + U2, j + U2])
            left, above = np.float64(cost[i + U2, j + U1]), np.float64(cost[i + U1, j + U2])
            above_left2, above2_left = np.float64(cost[i + U1, j]), np.float64(cost[i, j + U1])
            best = total[back1, j + U2] + 2 * here
            flat = total[back2, j] + 2 * (above_left2 + left) + here
            best = flat if flat < best else best
            steep = total[back3, j + U1] + 2 * (above2_left + above) + here
            total[row, j + U3] = steep if steep < best else best


@njit(nogil=True, cache=True)
def sum_row_symmetric2(i, m, cost, total):
    """Sum costs up to row i from the row before; column j lies at j + 3."""
    row = i % len(total)
    back1 = before(row, 1, total)
    row, i = np.uint64(row), np.uint64(i)
    for j in range(U0, np.uint64(m)):
        here = np.float64(cost[i + U2, j + U2])
        diagonal, up = total[back1, j + U2] + 2 * here, total[back1, j + U3] + here
        total[row, j + U3] = up if up < diagonal else diagonal
    left = INF
    for j in range(U0, np.uint64(m)):
        left += np.float64(cost[i + U2, j + U2])
        left = total[row, j + U3] if total[row, j + U3] < left else left
        total[row, j + U3] = left


@njit(nogil=True, cache=True, fastmath={'nnan', 'nsz'})
def least_so_far(i, n, m, slope_limit, total):
    """Give a lower bound of all paths: the least sum in rows i - 2 to i.

    A step goes up to three rows, so that every path has a cell in one of them.
    """
    least = INF
    for row in range(i - 2, i + 1):
        first, last = span(row, n, m, slope_limit, 0)
        place = row % len(total)
        for j in range(first, last + 1):
            least = min(least, total[place, j + 3])
    return least


@njit(nogil=True, cache=True)
def warp(a, start_a, n, b, m, slope_limit, square_root, limit, cost, total):
    """Distance of two sequences, divided by the sum of their lengths.

    Args:
        a, start_a, n: Rows of packed sequences; n of them from start_a.
        b, m: Columns of the second sequence, (D, m + 15) or larger, and their number.
        slope_limit: True for symmetricP2, False for symmetric2.
        square_root: Whether local costs are distances; otherwise half of their squares.
        limit: Distance above which the pair may be given up.
        cost: Room for the local costs, (n + 7, m + 21) or larger, finite numbers.
        total: Room for the summed costs, (4, m + 19) or larger, float64; with n or more rows it
            holds all of them afterwards, column j at j + 3.

    Returns:
        The distance; inf if no path is admitted or the pair is given up.
    """
    if not feasible(n, m, slope_limit):
        return INF
    limit = limit * (n + m)
    total[:, : m + 19] = INF
    for i in range(n):
        if i % BLOCK_ROWS == 0:
            local_costs(a, start_a, n, b, m, slope_limit, square_root, i, cost)
        row = i % len(total)
        if i == 0:
            first_row(m, slope_limit, cost, total)
        elif slope_limit:
            if i >= len(total):  # the row holds an earlier one
                total[row, : m + 19] = INF
            first, last = span(i, n, m, True, 0)
            sum_row_p2(i, first, last, cost, total)
        else:
            sum_row_symmetric2(i, m, cost, total)
        if (
            i % BLOCK_ROWS == BLOCK_ROWS - 1
            and limit < INF
            and least_so_far(i, n, m, slope_limit, total) > limit
        ):
            return INF
    return total[(n - 1) % len(total), m + 2] / (n + m)


@njit(nogil=True, cache=True)
def first_row(m, slope_limit, cost, total):
    """Begin the sums at the first cell."""
    total[0, 3] = np.float64(cost[2, 2])
    if not slope_limit:
        for j in range(1, m):
            total[0, j + 3] = total[0, j + 2] + cost[2, j + 2]


@njit(nogil=True, cache=True)
def warp_rows(
    rows_a, start_a, length_a, rows_b, start_b, length_b, above, slope_limit, square_root, out
):
    """Fill out (len(a), len(b)) with the distances of all pairs.

    With above of 0 or more the sequences of a are those of b from this one on, and only pairs
    above the diagonal are computed; it is -1 otherwise.
    """
    longest_a, longest_b = length_a.max(), length_b.max()
    columns = np.zeros((rows_b.shape[1], longest_b + BLOCK_COLUMNS), rows_b.dtype)
    cost = np.zeros((longest_a + 2 + BLOCK_ROWS, longest_b + 21), rows_a.dtype)
    total = np.empty((4, longest_b + 19))
    for q in range(len(start_b)):
        m = length_b[q]
        columns[:, :m] = rows_b[start_b[q] : start_b[q] + m].T
        for p in range(len(start_a) if above < 0 else min(len(start_a), max(q - above, 0))):
            out[p, q] = warp(
                rows_a, start_a[p], length_a[p], columns, m,
                slope_limit, square_root, INF, cost, total,
            )  # fmt: skip
