import base64

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vpd_mm.formats import FormatError, Masks, read_masks, write_json, write_masks

shapes = st.tuples(st.integers(1, 20), st.integers(1, 20))


def png(image) -> str:
    return base64.encodebytes(cv2.imencode('.png', image)[1].tobytes()).decode()


@settings(max_examples=25)
@given(bitmaps=st.lists(hnp.arrays(bool, shapes), max_size=4))
def test_masks_round_trip_exactly(bitmaps, tmp_path_factory):
    folder = tmp_path_factory.mktemp('pose')
    n = len(bitmaps)
    box = np.arange(4 * n, dtype=np.int64).reshape(n, 4)
    write_masks(folder, Masks(np.arange(n), np.linspace(0, 1, n), box, bitmaps))
    masks = read_masks(folder)
    assert len(masks) == n
    assert np.array_equal(masks.box, box) and masks.box.dtype == np.int64
    assert np.array_equal(masks.score, np.linspace(0, 1, n))
    pairs = zip(masks.bitmap, bitmaps, strict=True)
    assert all(a.dtype == bool and np.array_equal(a, b) for a, b in pairs)


def test_any_non_zero_pixel_is_the_person(tmp_path):
    image = np.array([[0, 1, 128, 255]], np.uint8)
    write_json(tmp_path / 'mask.json.gz', [[4, [[0.9, [1.7, -2.5, 4, 1], png(image)]]]])
    masks = read_masks(tmp_path)
    assert masks.bitmap[0].tolist() == [[False, True, True, True]]
    assert masks.box.tolist() == [[1, -2, 4, 1]]


@pytest.mark.parametrize('image', ['', 'bm90IGEgcG5n', '!', 7, None])
def test_a_mask_that_is_no_image_is_one_error(tmp_path, image):
    write_json(tmp_path / 'mask.json.gz', [[4, [[0.9, [1, 2, 4, 1], image]]]])
    with pytest.raises(FormatError, match=r'mask\.json\.gz: has a mask that is not a PNG'):
        read_masks(tmp_path)


@pytest.mark.parametrize('x', [None, 1e300])
def test_a_box_that_is_no_pixels_is_one_error(tmp_path, x):
    row = [0.9, [x, 2, 4, 1], png(np.ones((2, 2), np.uint8))]
    write_json(tmp_path / 'mask.json.gz', [[4, [row]]])
    with pytest.raises(FormatError, match='box'):
        read_masks(tmp_path)
