import numpy as np
import pytest

from vpd_mm.formats import Crop, PackedCropWriter, encode_flow, open_crops, write_crop
from vpd_mm.visualization.contact_sheet import contact_sheet, evenly_spaced
from vpd_mm.visualization.flow_colors import flow_codes_to_rgb, flow_wheel

RED, BLUE = np.array([200, 0, 0], np.uint8), np.array([0, 0, 200], np.uint8)


def crops():
    """30 red crops, blue ones before, flow to the right and, on even frames, a mask."""
    image = np.zeros((64, 64, 3), np.uint8)
    flow = encode_flow(np.broadcast_to(np.float32([9, 0]), (64, 64, 2)))
    for frame in range(5, 35):
        mask = None if frame % 2 else np.ones((64, 64), bool)
        yield frame, Crop(image + RED, flow, mask), image + BLUE


@pytest.fixture(params=['folders', 'packed'])
def store(request, tmp_path):
    if request.param == 'folders':
        (tmp_path / 'waltz').mkdir()
        for frame, crop, previous in crops():
            write_crop(tmp_path / 'waltz', frame, crop, previous)
    else:
        with PackedCropWriter(tmp_path, lossless=True) as writer:
            writer.write_video('waltz', crops())
    return open_crops(tmp_path)


def test_evenly_spaced():
    assert evenly_spaced(np.array([3, 4, 8, 9, 11]), 3) == [3, 8, 11]
    assert evenly_spaced(np.array([3, 4]), 12) == [3, 4]


def test_everything_has_its_place(store):
    sheet = contact_sheet(store, 'waltz', 14)
    step, left, top = 130, 56, 76 + 20
    column = left + 64
    rows = [sheet[top + step * row + 64, column].tolist() for row in range(4)]
    assert rows == [RED.tolist(), BLUE.tolist(), [255, 0, 0], [52, 52, 52]]  # frame 5 has no mask
    last = sheet[top + step * 3 + 64, left + 11 * step + 64]
    assert last.tolist() in ([52, 52, 52], [255, 255, 255])
    second_band = top + 4 * step + 12 + 20
    assert sheet[second_band + 64, column].tolist() == RED.tolist()
    assert sheet[second_band + 64, left + 2 * step + 64].tolist() == [24, 24, 24]
    assert sheet.shape == (76 + 2 * (20 + 4 * step + 12), left + 12 * step, 3)


def test_only_what_there_is(tmp_path):
    (tmp_path / 'waltz').mkdir()
    for frame in (1, 2):
        write_crop(
            tmp_path / 'waltz', frame, Crop(np.full((128, 128, 3), 90, np.uint8), None, None)
        )
    assert contact_sheet(open_crops(tmp_path), 'waltz').shape == (76 + 20 + 130 + 12, 640, 3)
    (tmp_path / 'empty').mkdir()
    with pytest.raises(FileNotFoundError, match='has no crops of empty; extract them first'):
        contact_sheet(open_crops(tmp_path), 'empty')


def test_stored_flow_shows_rest_as_black_and_agrees_with_the_wheel():
    flow = np.zeros((1, 3, 2), np.float32)
    flow[0, 1], flow[0, 2] = (20, 0), (0, -20)
    rest, right, up = flow_codes_to_rgb(encode_flow(flow))[0].astype(int)
    wheel = flow_wheel(101).astype(int)
    assert not rest.any() and not wheel[50, 50].any() and not wheel[0, 0].any()
    assert np.abs(right - wheel[50, 100]).max() <= 8
    assert np.abs(up - wheel[0, 50]).max() <= 8
