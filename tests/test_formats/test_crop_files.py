import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vpd_mm.formats import (
    Crop,
    FormatError,
    list_crop_frames,
    read_crop,
    read_previous_crop,
    write_crop,
)
from vpd_mm.formats.png import encode_png


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


def test_only_frames_with_flow_are_listed_when_flow_is_wanted(tmp_path, crop):
    write_crop(tmp_path, 3, crop)
    write_crop(tmp_path, 4, Crop(crop.rgb, None, None))
    assert list_crop_frames(tmp_path, flow=True).tolist() == [3]


def png_chunk(name, content):
    check = struct.pack('>L', zlib.crc32(name + content))
    return struct.pack('>L', len(content)) + name + content + check


def test_an_enormous_image_is_one_error(tmp_path):
    header = struct.pack('>LLBBBBB', 60000, 60000, 8, 2, 0, 0, 0)
    chunks = [(b'IHDR', header), (b'IDAT', zlib.compress(b'0')), (b'IEND', b'')]
    image = b'\x89PNG\r\n\x1a\n' + b''.join(png_chunk(*chunk) for chunk in chunks)
    (tmp_path / '7.png').write_bytes(image)
    with pytest.raises(FormatError, match=r'7\.png: is not a readable image'):
        read_crop(tmp_path, 7)


@settings(max_examples=25)
@given(
    data=st.data(),
    side=st.integers(1, 40),
    frame=st.integers(0, 2**62),
    flow=st.booleans(),
    mask=st.booleans(),
)
def test_whatever_is_written_reads_back_equal(data, side, frame, flow, mask, tmp_path_factory):
    def draw(kind, *shape):
        return data.draw(hnp.arrays(kind, (side, side, *shape)))

    crop = Crop(
        draw(np.uint8, 3), draw(np.uint8, 2) if flow else None, draw(bool) if mask else None
    )
    folder = tmp_path_factory.mktemp('crops')
    write_crop(folder, frame, crop, crop.rgb)
    read = read_crop(folder, frame)
    assert np.array_equal(read.rgb, crop.rgb)
    assert np.array_equal(read_previous_crop(folder, frame), crop.rgb)
    assert np.array_equal(read.flow, crop.flow) if flow else read.flow is None
    assert np.array_equal(read.mask, crop.mask) if mask else read.mask is None
    assert list_crop_frames(folder, flow).tolist() == [frame]


@pytest.mark.parametrize('shape', [(5, 7, 3), (1, 1, 3), (4, 1), (9, 6)])
def test_png_files_are_exact(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    read = cv2.imdecode(np.frombuffer(encode_png(image), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(read[..., ::-1] if image.ndim == 3 else read, image)
    assert encode_png(image) == encode_png(image)
