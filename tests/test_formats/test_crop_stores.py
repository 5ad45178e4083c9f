"""Crops in both forms are read alike; a packed video is there whole or not at all."""

import gc
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vpd_mm.formats import (
    Crop,
    FormatError,
    PackedCropWriter,
    crop_codecs,
    open_crops,
    write_crop,
)

VIDEOS = {'axel': (7, 3, 11), 'match/one': (0,), 'match/two': (1, 2)}


def make_crop(seed, side=32, flow=True, mask=True):
    rng = np.random.default_rng(seed)
    slope = np.linspace(0, 200, side).astype(np.uint8)
    rgb = np.stack([slope + np.zeros((side, 1), np.uint8)] * 3, -1) + rng.integers(
        0, 9, 3, np.uint8
    )
    codes = rng.integers(0, 249, (side, side, 2), np.uint8) if flow else None
    return Crop(rgb, codes, rng.random((side, side)) > 0.5 if mask else None)


def crops_of(video):
    for frame in VIDEOS[video]:
        yield frame, make_crop(frame, flow=frame != 7, mask=frame != 3), make_crop(frame + 100).rgb


def same(a, b):
    return all(
        (x is None and y is None) or (x.dtype == y.dtype and np.array_equal(x, y))
        for x, y in zip(vars(a).values(), vars(b).values(), strict=True)
    )


def psnr(a, b):
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9))


@pytest.fixture
def images(tmp_path):
    for video in VIDEOS:
        (tmp_path / 'images' / video).mkdir(parents=True)
        for item in crops_of(video):
            write_crop(tmp_path / 'images' / video, *item)
    return tmp_path / 'images'


def pack(folder, lossless=False):
    with PackedCropWriter(folder, lossless) as writer:
        for video in VIDEOS:
            assert writer.write_video(video, crops_of(video)) == len(VIDEOS[video])
    return folder


@pytest.fixture
def packed(tmp_path):
    return pack(tmp_path / 'packed')


@pytest.fixture(params=['images', 'packed'])
def either(request):
    return request.getfixturevalue(request.param)


def test_either_form_lists_the_same(either):
    (either / '.tmp-0-unfinished').mkdir()
    crops = open_crops(either)
    assert crops.videos == ['axel', 'match/one', 'match/two']
    assert crops.frames('axel').tolist() == [3, 7, 11]
    assert crops.frames('axel', flow=True).tolist() == [3, 11]
    assert crops.frames('axel').dtype == np.int64


def test_players_of_a_match_in_the_published_folders(images):
    """Named as their poses and embeddings are, and read by that name."""
    (images / 'match' / 'two').rename(images / 'match' / 'front')
    crops = open_crops(images)
    assert crops.videos == ['axel', 'front__match', 'match/one']
    assert crops.frames('front__match').tolist() == sorted(VIDEOS['match/two'])
    assert crops.read('front__match', 1).rgb.shape == crops.read('axel', 3).rgb.shape
    assert crops.read_previous('front__match', 1).shape == crops.read('axel', 3).rgb.shape


@pytest.mark.parametrize('lossless', [False, True])
def test_packed_reads_as_the_images_do(images, tmp_path, lossless):
    first, second = open_crops(images), open_crops(pack(tmp_path / 'packed', lossless))
    for video in VIDEOS:
        for frame in VIDEOS[video]:
            a, b = first.read(video, frame), second.read(video, frame)
            pictures = [(a.rgb, b.rgb), [s.read_previous(video, frame) for s in (first, second)]]
            if lossless:
                assert all(np.array_equal(*pair) for pair in pictures)
            assert all(psnr(*pair) > 38 for pair in pictures)
            b.rgb = a.rgb
            assert same(a, b)


def test_what_is_missing_is_one_sentence(either):
    crops = open_crops(either)
    with pytest.raises(FileNotFoundError, match=r'loop.*no crops of this video'):
        crops.frames('loop')
    with pytest.raises(FileNotFoundError, match=r'axel.*no .*crop'):
        crops.read('axel', 4)
    with pytest.raises(FileNotFoundError, match='none: there are no crops here'):
        open_crops(either / 'none')


def test_a_store_pickles_and_closes(either):
    crops = open_crops(either)
    crops.frames('axel')
    copy = pickle.loads(pickle.dumps(crops))
    crops.close()
    assert same(copy.read('axel', 3), crops.read('axel', 3))


def test_forked_processes_read_what_their_parent_opened(packed):
    crops = open_crops(packed)
    crops.read('axel', 3)
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            good = all(same(crops.read('axel', f), crops.read('axel', f)) for f in (3, 7, 11) * 50)
            os._exit(0 if good else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]


def test_previous_crops_need_not_be_kept(tmp_path):
    with PackedCropWriter(tmp_path) as writer:
        writer.write_video('a', [(0, make_crop(0), None)])
    with pytest.raises(FileNotFoundError, match='packed without the previous crop of frame 0'):
        open_crops(tmp_path).read_previous('a', 0)


def test_grey_masks_are_the_athlete_where_not_zero(tmp_path):
    crop = make_crop(0, side=16)
    crop.mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    with PackedCropWriter(tmp_path) as writer:
        writer.write_video('a', [(0, crop, None)])
    assert np.array_equal(open_crops(tmp_path).read('a', 0).mask, crop.mask > 0)


@settings(max_examples=25)
@given(
    data=st.data(),
    frames=st.lists(st.integers(0, 2**62), unique=True, max_size=4),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
)
def test_whatever_is_written_reads_back_equal(data, frames, height, width, tmp_path_factory):
    def draw(kind, *shape):
        return data.draw(hnp.arrays(kind, (height, width, *shape)))

    crops = {
        frame: Crop(
            draw(np.uint8, 3),
            draw(np.uint8, 2) if data.draw(st.booleans()) else None,
            draw(bool) if data.draw(st.booleans()) else None,
        )
        for frame in frames
    }
    folder = tmp_path_factory.mktemp('packed')
    with PackedCropWriter(folder, lossless=True) as writer:
        writer.write_video('v', [(frame, crop, crop.rgb) for frame, crop in crops.items()])
        assert writer.videos == ['v']
    read = open_crops(folder)
    assert read.frames('v').tolist() == sorted(frames)
    assert all(same(read.read('v', frame), crop) for frame, crop in crops.items())
    assert all(np.array_equal(read.read_previous('v', f), c.rgb) for f, c in crops.items())


@pytest.mark.parametrize('package', ['simplejpeg', 'lz4'])
def test_the_same_is_read_without_the_faster_packages(tmp_path, monkeypatch, package):
    pytest.importorskip(package)
    with PackedCropWriter(tmp_path) as writer:
        writer.write_video('fast', crops_of('axel'))
        monkeypatch.setattr(crop_codecs, package, None)
        writer.write_video('plain', crops_of('axel'))
    crops = open_crops(tmp_path)
    plain = [crops.read('plain', frame) for frame in VIDEOS['axel']]
    if package == 'lz4':
        with pytest.raises(ImportError, match='pip install lz4'):
            crops.read('fast', 3)
        monkeypatch.undo()
    fast = [crops.read('fast', frame) for frame in VIDEOS['axel']]
    assert all(same(a, b) for a, b in zip(plain, fast, strict=True))


def test_an_error_half_way_leaves_the_video_as_it_was(tmp_path):
    def broken():
        yield 0, make_crop(0), None
        raise FormatError('a.mp4', 'ends early')

    with PackedCropWriter(tmp_path) as writer:
        with pytest.raises(FormatError, match='ends early'):
            writer.write_video('a', broken())
        assert writer.videos == [] and os.listdir(tmp_path) == []
        writer.write_video('a', [(5, make_crop(5), None)])
        with pytest.raises(FormatError, match='ends early'):
            writer.write_video('a', broken())
        with pytest.raises(ValueError, match='a frame comes twice'):
            writer.write_video('a', [(0, make_crop(0), None)] * 2)
    assert open_crops(tmp_path).frames('a').tolist() == [5]


def test_a_full_disk_is_one_sentence(tmp_path):
    def crops():
        yield from ((frame, make_crop(frame, 128), None) for frame in range(10))

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with (
            PackedCropWriter(tmp_path) as writer,
            pytest.raises(OSError, match=r"too large: '.*a\.crops'"),
        ):
            writer.write_video('a', crops())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == []


def test_forms_are_not_mixed(images):
    with pytest.raises(FormatError, match='holds crops as images; choose another folder'):
        PackedCropWriter(images)


def test_a_data_set_opens_without_reading_its_videos(tmp_path):
    with PackedCropWriter(tmp_path) as writer:
        writer.write_video('b', crops_of('axel'))
    (tmp_path / 'a.crops').write_bytes(b'damaged')
    crops = open_crops(tmp_path)
    assert crops.videos == ['a', 'b']
    assert len(crops.frames('b')) == 3


def test_an_index_takes_a_few_bytes_a_frame(tmp_path):
    crop, count = make_crop(0, side=2, flow=False, mask=False), 3000
    with PackedCropWriter(tmp_path, lossless=True) as writer:
        for video in 'ab':
            writer.write_video(video, ((frame, crop, None) for frame in range(count)))
    crops = open_crops(tmp_path)
    crops.read('a', 0)
    tracemalloc.start()
    crops.read('b', 0)
    taken = tracemalloc.get_traced_memory()[0]
    for frame in range(count):
        crops.read('b', frame)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - taken
    tracemalloc.stop()
    assert taken < 50 * count and grown < 10 * count


PACK_FOREVER = """
import sys, numpy as np
from vpd_mm.formats import Crop, PackedCropWriter
number = int(sys.argv[2])
with PackedCropWriter(sys.argv[1], lossless=True) as writer:
    for video in range(1000):
        rgb = np.full((64, 64, 3), video % 256, np.uint8)
        crops = [(frame, Crop(rgb, None, None), None) for frame in range(99)]
        writer.write_video(f'{number}_{video}', crops)
"""


def test_killed_writers_leave_whole_videos(tmp_path):
    command = [sys.executable, '-c', PACK_FOREVER, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(2)]
    while len(list(tmp_path.glob('[01]_*.crops'))) < 6:
        assert all(writer.poll() is None for writer in writers)
        time.sleep(0.01)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    crops = open_crops(tmp_path)
    for video in crops.videos:
        colour = int(video.partition('_')[2]) % 256
        assert crops.frames(video).tolist() == list(range(99))
        assert (crops.read(video, 98).rgb == colour).all()
    with PackedCropWriter(tmp_path) as writer:
        writer.write_video('last', crops_of('axel'))
    assert not [name for name in os.listdir(tmp_path) if not name.endswith('.crops')]
