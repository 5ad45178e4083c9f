import numpy as np
import pytest

from vpd_mm.formats import (
    Crop,
    FormatError,
    list_crop_frames,
    read_crop,
    read_previous_crop,
    write_crop,
)


@pytest.fixture
def crop():
    rng = np.random.default_rng(0)
    rgb = rng.integers(0, 256, (16, 16, 3), np.uint8)
    flow = rng.integers(0, 249, (16, 16, 2), np.uint8)
    return Crop(rgb, flow, rng.random((16, 16)) > 0.5)


def test_crops_round_trip_exactly(tmp_path, crop):
    write_crop(tmp_path, 7, crop, crop.rgb[::-1])
    read = read_crop(tmp_path, 7)
    assert all(np.array_equal(vars(read)[name], vars(crop)[name]) for name in vars(crop))
    assert read.flow.dtype == np.uint8 and read.mask.dtype == bool
    assert np.array_equal(read_previous_crop(tmp_path, 7), crop.rgb[::-1])


def test_grey_masks_read_as_the_athlete_where_not_zero(tmp_path, crop):
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    write_crop(tmp_path, 7, Crop(crop.rgb, None, grey))
    read = read_crop(tmp_path, 7)
    assert np.array_equal(read.mask, grey > 0)
    assert read.flow is None


def test_what_is_not_there_is_none(tmp_path, crop):
    write_crop(tmp_path, 7, Crop(crop.rgb, None, None))
    assert sorted(path.name for path in tmp_path.iterdir()) == ['7.png']
    assert read_crop(tmp_path, 7).mask is None
    with pytest.raises(FileNotFoundError, match=r'8\.png: no such crop'):
        read_crop(tmp_path, 8)
    with pytest.raises(FileNotFoundError, match=r'7\.prev\.png: no such crop'):
        read_previous_crop(tmp_path, 7)


@pytest.mark.parametrize('name', ['7.png', '7.flow.png', '7.mask.png'])
def test_damaged_images_are_one_error(tmp_path, crop, name):
    write_crop(tmp_path, 7, crop)
    (tmp_path / name).write_bytes(b'damaged')
    with pytest.raises(FormatError, match=name):
        read_crop(tmp_path, 7)


def test_frames_are_listed_by_number(tmp_path, crop):
    for frame in (10, 9, 100):
        write_crop(tmp_path, frame, crop, crop.rgb)
    (tmp_path / 'notes.png').write_bytes(b'')
    assert list_crop_frames(tmp_path).tolist() == [9, 10, 100]
    assert list_crop_frames(tmp_path).dtype == np.int64
