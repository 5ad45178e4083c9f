"""Flow codes equal those of the reference."""

import cv2
import numpy as np
import pytest

from vpd_mm.formats import Crop, decode_flow, encode_flow, read_crop, write_crop


@pytest.fixture(scope='module')
def data(golden):
    return golden('06_flow_codec')


@pytest.mark.parametrize('clip', [20, 10])
def test_values(data, clip):
    codes = encode_flow(data['in_values'], clip)
    assert np.array_equal(codes, data[f'out_codes_clip{clip}'])


def test_decoding(data):
    assert np.allclose(decode_flow(np.arange(256, dtype=np.uint8)), data['out_lut'], atol=1e-6)


@pytest.mark.parametrize('median', [0, 1])
def test_images(data, tmp_path, median):
    codes = encode_flow(data['in_flow'], subtract_median=bool(median))
    images = data[f'out_png_median{median}']
    for frame, (code, expected) in enumerate(zip(codes, images, strict=True)):
        write_crop(tmp_path, frame, Crop(expected, code, None))
        image = cv2.imread(str(tmp_path / f'{frame}.flow.png'))
        assert np.array_equal(image[..., ::-1], expected)
        assert np.array_equal(read_crop(tmp_path, frame).flow, code)


@pytest.mark.parametrize('dim', [24, 16])
@pytest.mark.parametrize('median', [0, 1])
def test_loading(data, median, dim):
    codes = encode_flow(data['in_flow'], subtract_median=bool(median))
    loaded = decode_flow(np.stack([cv2.resize(code, (dim, dim)) for code in codes]))
    expected = data[f'out_loaded{dim}_median{median}']
    assert np.allclose(loaded.transpose(0, 3, 1, 2), expected, atol=1e-5)
