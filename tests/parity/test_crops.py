"""Crops equal those of the reference, but outside the image they are zero."""

import cv2
import numpy as np
import pytest

from vpd_mm.datasets.preparation import (
    CropSettings,
    cut,
    extract_crops,
    iter_crops,
    pad_boxes,
    square_boxes,
)
from vpd_mm.formats import list_crop_frames, read_crop, read_previous_crop

SETTINGS = {
    'smooth1': CropSettings(dim=64),
    'smooth0': CropSettings(dim=64, smooth=False),
    'fps8': CropSettings(dim=64, target_fps=8),
    'prev2': CropSettings(dim=64, target_fps=12, smooth=False, previous=2),
}


@pytest.fixture(scope='module')
def data(golden):
    return golden('05_crops')


def images(data, name):
    flat, shapes = data[f'{name}_flat'], data[f'{name}_shapes']
    ends = np.cumsum(shapes.prod(axis=1))
    return [
        flat[end - shape.prod() : end].reshape(shape)
        for end, shape in zip(ends, shapes, strict=True)
    ]


@pytest.mark.parametrize('padding', range(5))
@pytest.mark.parametrize('square', [0, 1])
def test_windows(data, square, padding):
    pixels, fraction = data['in_pads'][padding]
    boxes = data['in_boxes'].astype(np.int64)
    boxes = square_boxes(boxes) if square else boxes
    if np.isfinite(fraction):
        boxes = pad_boxes(boxes, fraction)
    elif np.isfinite(pixels):
        boxes = boxes + int(pixels) * np.array([-1, -1, 1, 1])
    expected = images(data, f'out_square{square}_pad{padding}')
    assert len(expected) == len(boxes)
    for box, image in zip(boxes, expected, strict=True):
        assert np.array_equal(cut(data['in_frame'], box), image)


@pytest.mark.parametrize('name', SETTINGS)
def test_extraction(data, golden_dir, name):
    case = golden_dir / 'crops_case'
    crops = {
        frame: (crop, previous)
        for frame, crop, previous in iter_crops(
            case / 'videos' / 'vid0.mp4', case / 'pose' / 'vid0', SETTINGS[name]
        )
    }
    assert list(crops) == data[f'out_{name}_frames'].tolist()
    for i, frame in enumerate(data[f'out_{name}_stored']):
        assert np.array_equal(crops[frame][0].rgb, data[f'out_{name}_crop'][i])
        for step, previous in enumerate(crops[frame][1], 1):
            assert np.array_equal(previous, data[f'out_{name}_prev{step}'][i])
    assert len(crops[0][1]) == SETTINGS[name].previous
    for i, frame in enumerate(data[f'out_{name}_mask_frames']):
        assert np.array_equal(crops[frame][0].mask, data[f'out_{name}_mask'][i])
    with_mask = {frame for frame, (crop, _) in crops.items() if crop.mask is not None}
    stored = set(data[f'out_{name}_stored'].tolist())
    assert with_mask & stored == set(data[f'out_{name}_mask_frames'].tolist())


@pytest.mark.parametrize('name', ['smooth1', 'prev2'])
def test_files(data, golden_dir, tmp_path, name):
    case = golden_dir / 'crops_case'
    video, pose_dir = case / 'videos' / 'vid0.mp4', case / 'pose' / 'vid0'
    count = extract_crops(video, pose_dir, tmp_path / 'vid0', SETTINGS[name])
    frames = list_crop_frames(tmp_path / 'vid0')
    assert count == len(frames)
    assert np.array_equal(frames, data[f'out_{name}_frames'])
    for i, frame in enumerate(data[f'out_{name}_stored']):
        crop = read_crop(tmp_path / 'vid0', frame)
        assert np.array_equal(crop.rgb, data[f'out_{name}_crop'][i])
        for step in range(1, SETTINGS[name].previous + 1):
            previous = read_previous_crop(tmp_path / 'vid0', frame, step)
            assert np.array_equal(previous, data[f'out_{name}_prev{step}'][i])
    for i, frame in enumerate(data[f'out_{name}_mask_frames']):
        mask = cv2.imread(str(tmp_path / 'vid0' / f'{frame}.mask.png'), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(mask, data[f'out_{name}_mask'][i])
    suffixes = {path.name.partition('.')[2] for path in (tmp_path / 'vid0').iterdir()}
    extra = {'prev2.png'} if name == 'prev2' else set()
    assert suffixes == {'png', 'prev.png', 'mask.png'} | extra
