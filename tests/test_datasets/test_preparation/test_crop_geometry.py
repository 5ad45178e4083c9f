import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpd_mm.datasets.preparation import (
    corner_boxes,
    cut,
    cut_mask,
    cut_resized,
    pad_boxes,
    previous_frame_gap,
    smooth_boxes,
    square_boxes,
)

numbers = st.integers(-100, 100)
sides = st.integers(0, 60)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), numbers, numbers, sides, sides)
IMAGE = np.random.default_rng(0).integers(1, 256, (20, 30, 3), np.uint8)


def test_corners_are_cut_to_whole_pixels():
    assert corner_boxes([10.7, 20.2, 5.9, 8.0]).tolist() == [10, 20, 16, 28]
    assert corner_boxes([[-6.7, 30.2, 40.9, 60.1]]).tolist() == [[-6, 30, 34, 90]]


def test_only_directly_following_frames_are_smoothed():
    raw = np.array([[0, 0, 10, 10], [2, -1, 8, 12], [5, 5, 6, 6]])
    smooth = smooth_boxes(np.array([3, 4, 6]), raw)
    assert smooth.tolist() == [[0, 0, 10, 10], [0, -1, 10, 12], [5, 5, 6, 6]]


@given(box=boxes)
def test_squares_keep_the_longer_side(box):
    x1, y1, x2, y2 = box
    a, b, c, d = square_boxes(np.array(box)).tolist()
    longer = max(x2 - x1, y2 - y1)
    assert (a, c) == (x1, x2) if x2 - x1 == longer else (b, d) == (y1, y2)
    assert (c - a, d - b) == (longer, longer)


def test_padding_is_a_part_of_each_side():
    assert pad_boxes(np.array([0, 0, 19, 40]), 0.1).tolist() == [-1, -4, 20, 44]


@given(box=boxes)
def test_outside_the_image_is_zero(box):
    x1, y1, x2, y2 = box
    big = np.zeros((400, 400, 3), np.uint8)
    big[150:170, 150:180] = IMAGE
    expected = big[y1 + 150 : y2 + 150, x1 + 150 : x2 + 150]
    assert np.array_equal(cut(IMAGE, box), expected)


@pytest.mark.parametrize('box', [(40, 0, 50, 10), (-9, -9, 0, 0), (5, 5, 5, 5), (0, 0, 3, 3)])
def test_resized_crops_have_the_right_size(box):
    crop = cut_resized(IMAGE, box, 8)
    assert crop.shape == (8, 8, 3) and crop.dtype == np.uint8
    assert crop.any() == (box == (0, 0, 3, 3))


@pytest.mark.parametrize(
    ('x', 'y', 'rows', 'columns'),
    [
        (2, 1, (1, 4), (2, 4)),
        (-1, -2, (0, 1), (0, 1)),
        (9, 5, (5, 6), (9, 10)),
        (50, 0, (0, 0), (0, 0)),
    ],
)
def test_masks_are_cut_off_at_the_edges(x, y, rows, columns):
    expected = np.zeros((6, 10), np.uint8)
    expected[slice(*rows), slice(*columns)] = 255
    mask = cut_mask(np.ones((3, 2), bool), (x, y), (0, 0, 10, 6), (6, 10))
    assert np.array_equal(mask, expected)
    wider = cut_mask(np.ones((3, 2), bool), (x, y), (-3, -4, 14, 9), (6, 10))
    assert np.array_equal(wider[4:10, 3:13], expected)
    assert wider.sum() == expected.sum()


@pytest.mark.parametrize(
    ('fps', 'target', 'gap'), [(25, None, 1), (24, 8, 3), (25, 10, 2), (25, 50, 1), (25, 100, 1)]
)
def test_gap_to_the_previous_frame(fps, target, gap):
    assert previous_frame_gap(fps, target) == gap
