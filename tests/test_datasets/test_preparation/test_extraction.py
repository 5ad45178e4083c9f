"""Crops of videos and boxes that are not as they should be."""

import errno
from functools import partial

import numpy as np
import pytest

from vpd_mm.datasets.preparation import (
    CropSettings,
    FlowSettings,
    extract_crops,
    extract_flow,
    iter_crops,
    map_videos,
    pack_extracted_crops,
)
from vpd_mm.formats import (
    Boxes,
    FormatError,
    Masks,
    PackedCropWriter,
    iter_frames,
    list_crop_frames,
    open_crops,
    read_crop,
    read_previous_crop,
    scan_frames,
    write_boxes,
    write_masks,
    write_video,
)

SETTINGS = CropSettings(dim=16)
BOX = [10.0, 8.0, 20.0, 20.0]


@pytest.fixture
def video(tmp_path):
    rng = np.random.default_rng(0)
    frames = rng.integers(40, 256, (8, 48, 64, 3), np.uint8)
    write_video(tmp_path / 'v.mp4', frames, 25)
    return tmp_path / 'v.mp4'


def pose(tmp_path, frames, boxes=(BOX,), name='pose'):
    boxes = np.tile(np.array(boxes), (len(frames), 1)) if len(boxes) == 1 else np.array(boxes)
    write_boxes(tmp_path / name, Boxes(np.array(frames), boxes))
    return tmp_path / name


def test_only_wanted_frames_are_converted(video):
    every = list(iter_frames(video))
    some = {frame: image[..., ::-1].copy() for frame, image in scan_frames(video, {1, 2, 6})}
    assert list(some) == [1, 2, 6]
    assert all(np.array_equal(image, every[frame]) for frame, image in some.items())
    assert list(scan_frames(video, ())) == []


def test_a_video_that_ends_early(tmp_path, video):
    boxes = pose(tmp_path, range(9))
    with pytest.raises(FormatError, match=r'v\.mp4: ends after 8 frames, but frame 8 is wanted'):
        extract_crops(video, boxes, tmp_path / 'crops', SETTINGS)
    whole = video.read_bytes()
    video.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError, match=r'v\.mp4: (cannot be opened|ends after)'):
        extract_crops(video, pose(tmp_path, range(8)), tmp_path / 'crops', SETTINGS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['pose', 'v.mp4']


def test_an_empty_video(tmp_path, video):
    video.write_bytes(b'')
    with pytest.raises(FormatError, match=r'v\.mp4: cannot be opened as a video'):
        extract_crops(video, pose(tmp_path, [0]), tmp_path / 'crops', SETTINGS)


@pytest.mark.parametrize('box', [[-50, -50, 30, 30], [70, 10, 20, 20], [10, 10, 0, 0]])
def test_boxes_outside_the_image_give_black_crops(tmp_path, video, box):
    boxes = pose(tmp_path, [0, 3], [box])
    crops = list(iter_crops(video, boxes, SETTINGS))
    assert [frame for frame, _, _ in crops] == [0, 3]
    assert not any(crop.rgb.any() or previous[0].any() for _, crop, previous in crops)


def test_boxes_that_leave_the_image_are_black_outside(tmp_path, video):
    (_, crop, _), *_ = iter_crops(video, pose(tmp_path, [2], [[-10, 10, 20, 20]]), SETTINGS)
    assert not crop.rgb[:, :7].any() and (crop.rgb[:, 9:] > 0).all()


def test_masks_larger_than_their_box_or_the_image(tmp_path, video):
    boxes = pose(tmp_path, [1, 2])
    write_masks(
        boxes,
        Masks(
            np.array([1, 2, 5]),
            np.full(3, 0.9),
            np.array([BOX, BOX, BOX]).astype(np.int64),
            [np.ones((300, 200), bool), np.ones((10, 20), bool), np.ones((9, 9), bool)],
        ),
    )
    crops = {frame: crop for frame, crop, _ in iter_crops(video, boxes, SETTINGS)}
    assert (crops[1].mask[3:, 3:] == 255).all()  # the window is wider than the box by 2 pixels
    assert not crops[1].mask[0].any()
    assert (crops[2].mask[3:7, 3:13] == 255).all() and not crops[2].mask[10:].any()


def test_several_previous_frames_at_a_step(tmp_path, video):
    settings = CropSettings(dim=24, target_fps=12, smooth=False, previous=3)
    extract_crops(video, pose(tmp_path, [7, 3, 0]), tmp_path / 'crops', settings)
    whole = list(iter_frames(video))
    window = slice(6, 30), slice(8, 32)
    for frame, before in ((7, [5, 3, 1]), (3, [1, 3, 3]), (0, [0, 0, 0])):
        for step, source in enumerate(before, 1):
            image = read_previous_crop(tmp_path / 'crops', frame, step)
            assert np.array_equal(image, whole[source][window])
    assert len(list((tmp_path / 'crops').iterdir())) == 12


def test_a_full_disk_is_one_sentence_and_the_rest_goes_on(tmp_path, video, monkeypatch):
    encode = 'vpd_mm.formats.crops.encode_png'
    written = []

    def fill(image):
        written.append(image)
        if len(written) == 6:
            raise OSError(errno.ENOSPC, 'No space left on device')
        return b'image'

    monkeypatch.setattr(encode, fill)
    boxes = pose(tmp_path, range(4))
    job = partial(extract, video, boxes, tmp_path / 'out')
    failures = map_videos(job, ['a', 'b', 'c'])
    assert list(failures) == ['a']
    assert failures['a'].endswith('/2.prev.png: No space left on device')
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == ['b', 'c']


def extract(video, boxes, out, name):
    extract_crops(video, boxes, out / name, SETTINGS)


def test_a_folder_that_cannot_be_written(tmp_path, video):
    (tmp_path / 'out').write_text('a file')
    failures = map_videos(partial(extract, video, pose(tmp_path, [0]), tmp_path / 'out'), ['a'])
    assert failures == {'a': f'{tmp_path}/out: File exists'}


def test_flow_of_what_is_missing(tmp_path, video):
    codes = FlowSettings('dis').codes
    count = extract_crops(video, pose(tmp_path, range(5)), tmp_path / 'c', SETTINGS, codes)
    assert count == 5
    expected = read_crop(tmp_path / 'c', 3).flow
    (tmp_path / 'c' / '3.flow.png').unlink()
    assert extract_flow(tmp_path / 'c', codes) == 1
    assert np.array_equal(read_crop(tmp_path / 'c', 3).flow, expected)
    assert extract_flow(tmp_path / 'c', codes) == 0


def test_median_and_clip_reach_the_codes(tmp_path, video):
    settings = FlowSettings('dis', clip=4, subtract_median=True)
    extract_crops(video, pose(tmp_path, [2]), tmp_path / 'c', SETTINGS, settings.codes)
    flow = read_crop(tmp_path / 'c', 2).flow
    assert np.median(flow, axis=(0, 1)).tolist() == [113, 113]  # floor(4 * 255 / 9)


def test_packed_equals_images(tmp_path, video):
    boxes, codes = pose(tmp_path, range(4)), FlowSettings('dis').codes
    extract_crops(video, boxes, tmp_path / 'images' / 'v', SETTINGS, codes)
    with PackedCropWriter(tmp_path / 'packed', lossless=True) as writer:
        assert pack_extracted_crops(video, boxes, writer, 'v', SETTINGS, codes) == 4
    one, other = open_crops(tmp_path / 'images'), open_crops(tmp_path / 'packed')
    assert one.videos == other.videos == ['v']
    for frame in list_crop_frames(tmp_path / 'images' / 'v'):
        a, b = one.read('v', frame), other.read('v', frame)
        assert np.array_equal(a.rgb, b.rgb) and np.array_equal(a.flow, b.flow)
        assert np.array_equal(one.read_previous('v', frame), other.read_previous('v', frame))
