"""Compiled search for the nearest sequences: lower bounds, and warping that gives up early."""

import numpy as np
from numba import njit

from .blocks import BLOCK_COLUMNS, BLOCK_ROWS
from .kernels import INF, feasible, span, warp

# Sums may be taken in another order, to be vectorised; infinities stay what they are.
REORDER = {'reassoc', 'contract', 'nsz'}


@njit(nogil=True, cache=True, fastmath=REORDER)
def project(rows, i, mean, directions, point):
    """Fill point (8,) with the numbers of row i in 7 directions and the length of what is left.

    Returns:
        The squared distance of the row from the mean.
    """
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = square = 0.0
    for d in range(rows.shape[1]):
        x = np.float64(rows[i, d]) - mean[d]
        square += x * x
        s0 += x * directions[0, d]
        s1 += x * directions[1, d]
        s2 += x * directions[2, d]
        s3 += x * directions[3, d]
        s4 += x * directions[4, d]
        s5 += x * directions[5, d]
        s6 += x * directions[6, d]
    point[0], point[1], point[2], point[3] = s0, s1, s2, s3
    point[4], point[5], point[6] = s4, s5, s6
    within = s0 * s0 + s1 * s1 + s2 * s2 + s3 * s3 + s4 * s4 + s5 * s5 + s6 * s6
    point[7] = np.sqrt(max(square - within, 0.0))
    return square


@njit(nogil=True, cache=True)
def box_segments(rows, start, length, mean, directions, segment, first, low, high):
    """Fill the corners of the boxes about the projected segments of all sequences.

    Args:
        rows, start, length: Packed sequences.
        mean: Of all rows, (D,).
        directions: Orthonormal, (7, D); zeros where there are fewer.
        segment: Frames of a box.
        first: First box of every sequence.
        low, high: Room for the corners, given as inf and -inf, (boxes, 8).

    Returns:
        The largest distance of a row from the mean.
    """
    point, largest = np.empty(8), 0.0
    for number in range(len(start)):
        for step in range(length[number]):
            square = project(rows, start[number] + step, mean, directions, point)
            largest = max(largest, square)
            box = first[number] + step // segment
            for d in range(8):
                low[box, d] = min(low[box, d], point[d])
                high[box, d] = max(high[box, d], point[d])
    return np.sqrt(largest)


@njit(nogil=True, cache=True, fastmath=REORDER)
def box_gap(low_a, high_a, i, low_b, high_b, j):
    """Squared distance of two boxes, 0 where they touch."""
    total = 0.0
    for d in range(low_a.shape[1]):
        gap = max(low_a[i, d] - high_b[j, d], low_b[j, d] - high_a[i, d], 0.0)
        total += gap * gap
    return total


@njit(nogil=True, cache=True)
def lower_bound(
    low_a, high_a, start_a, n, low_b, high_b, start_b, m, segment, slope_limit, square_root, least_b
):
    """Lower bound of the distance of two sequences from boxes about their segments.

    Of the weight of a path, every row and every column but the first has 1 in some cell of its
    own, and the first cell has 1. So the sum of the least costs of all rows and columns, less one
    for the first cell, is no larger than the cost of the path, and boxes are no further apart than
    the frames in them.

    Args:
        low_a, high_a: Corners of the boxes; those of the first sequence begin at start_a.
        n, m: Lengths of the sequences in frames.
        segment: Frames of a box; the last box of a sequence may have fewer.
        least_b: Room for a number a box of the second sequence.
    """
    if not feasible(n, m, slope_limit):
        return INF
    least_b[:] = INF
    total = first_cell = 0.0
    for begin in range(0, n, segment):
        end = min(begin + segment, n)
        first = span(begin, n, m, slope_limit, 2)[0] // segment
        last = span(end - 1, n, m, slope_limit, 2)[1] // segment
        least = INF
        row = start_a + begin // segment
        for box in range(first, last + 1):
            cost = box_gap(low_a, high_a, row, low_b, high_b, start_b + box)
            cost = np.sqrt(cost) if square_root else 0.5 * cost
            least = min(least, cost)
            least_b[box] = min(least_b[box], cost)
            if begin == 0 and box == 0:
                first_cell = cost
        total += (end - begin) * least
    for begin in range(0, m, segment):
        total += (min(begin + segment, m) - begin) * least_b[begin // segment]
    return (total - first_cell) / (n + m)


@njit(nogil=True, cache=True)
def nearest_rows(
    rows_a, start_a, length_a, rows_b, start_b, length_b,
    low_a, high_a, box_a, low_b, high_b, box_b, segment,
    relative_slack, absolute_slack, slope_limit, square_root, query, distance, index,
):  # fmt: skip
    """Fill distance and index (k,), given as inf and -1, with the nearest of b to one of a.

    Without boxes (none of a) no sequence is ruled out by a bound.
    """
    n, longest = length_a[query], length_b.max()
    bound = np.empty(len(start_b))
    least = np.empty(longest)
    for p in range(len(start_b)):
        if not len(low_a):
            bound[p] = 0 if feasible(n, length_b[p], slope_limit) else INF
            continue
        bound[p] = lower_bound(
            low_a, high_a, box_a[query], n, low_b, high_b, box_b[p], length_b[p],
            segment, slope_limit, square_root, least,
        )  # fmt: skip
    bound = bound * (1 - relative_slack) - absolute_slack
    columns = np.zeros((rows_a.shape[1], n + BLOCK_COLUMNS), rows_a.dtype)
    columns[:, :n] = rows_a[start_a[query] : start_a[query] + n].T
    cost = np.zeros((longest + 2 + BLOCK_ROWS, n + 21), rows_a.dtype)
    total = np.empty((4, n + 19))
    for p in np.argsort(bound):
        if bound[p] > distance[-1] or bound[p] == INF:
            break
        found = warp(
            rows_b, start_b[p], length_b[p], columns, n,
            slope_limit, square_root, distance[-1] * (1 + relative_slack), cost, total,
        )  # fmt: skip
        insert(found, p, distance, index)


@njit(nogil=True, cache=True)
def insert(found, number, distance, index):
    """Insert a distance and its number into ascending lists; among equals by number."""
    place = len(distance)
    while place > 0 and (
        found < distance[place - 1]
        or (found == distance[place - 1] and found < INF and number < index[place - 1])
    ):
        place -= 1
    if place == len(distance):
        return
    distance[place + 1 :] = distance[place:-1].copy()
    index[place + 1 :] = index[place:-1].copy()
    distance[place], index[place] = found, number
