"""Cuts are exact to the frame: the frames of the videos carry their number."""

import subprocess
import sys
from fractions import Fraction

import cv2
import numpy as np
import pytest

from vpd_mm.datasets.preparation.video_cutting import (
    Cut,
    cut_video,
    import_av,
    plan_cuts,
    read_frame_index,
)
from vpd_mm.formats import FormatError, write_video
from vpd_mm.formats.segments import Segment

av = pytest.importorskip('av')
BITS = 8


def numbered_frame(number, height=64, width=96):
    """A moving picture with the number's bits as bright and dark blocks."""
    y, x = np.mgrid[:height, :width]
    picture = np.stack([(2 * x + 3 * number) % 256, 90 + 0 * x, 3 * y % 256], -1).astype(np.uint8)
    for bit in range(BITS):
        picture[8:24, 4 + 10 * bit : 12 + 10 * bit] = 255 * (number >> bit & 1)
    return picture


def write_numbered(
    path,
    codec,
    rate=25,
    times=None,
    rotation=0,
    size=(64, 96),
    pix_fmt='yuv420p',
    **options,
):
    """Encode 120 numbered frames; ``times`` in 1/1000 s, by default evenly spaced."""
    times = [round(1000 * number / rate) for number in range(120)] if times is None else times
    with av.open(str(path), 'w') as container:
        options = {name.replace('_', '-'): str(value) for name, value in options.items()}
        stream = container.add_stream(codec, rate=Fraction(rate), options=options)
        stream.height, stream.width = size
        stream.pix_fmt = pix_fmt
        if rotation:
            stream.set_display_rotation(rotation)
        if path.suffix != '.avi':
            stream.codec_context.time_base = Fraction(1, 1000)
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered_frame(number, *size), format='rgb24')
            frame.time_base = Fraction(1, 1000) if path.suffix != '.avi' else 1 / Fraction(rate)
            frame.pts = time if path.suffix != '.avi' else number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def decode(path):
    """Frames of a video, decoded by OpenCV from the start, (N, H, W, 3) BGR."""
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    return np.stack(frames)


def read_numbers(path):
    """The numbers that the frames of a video carry."""
    frames = decode(path)
    blocks = [frames[:, 12:20, 6 + 10 * b : 10 + 10 * b].mean((1, 2, 3)) > 128 for b in range(BITS)]
    return (np.array(blocks).T @ (1 << np.arange(BITS))).tolist()


SOURCES = [
    ('a.mp4', 'libx264', {}),
    ('a.mov', 'libx264', {'x264_params': 'open-gop=1:keyint=12:bframes=4'}),
    ('a.mkv', 'libx264', {'g': 20, 'rate': Fraction(30000, 1001)}),
    ('a.ts', 'libx264', {'g': 17, 'rate': 50}),
    ('a.avi', 'libx264', {}),
    ('b.avi', 'mjpeg', {'pix_fmt': 'yuvj420p'}),
    ('b.mp4', 'mpeg4', {'bf': 2, 'g': 15}),
    ('a.webm', 'libvpx', {'auto_alt_ref': 1, 'lag_in_frames': 16}),
]


@pytest.mark.parametrize(('name', 'codec', 'options'), SOURCES)
def test_frame_exact(tmp_path, name, codec, options):
    if codec not in av.codecs_available:
        pytest.skip(f'this PyAV lacks {codec}')
    source = write_numbered(tmp_path / name, codec, **options)
    assert read_numbers(source) == list(range(120))
    rate = options.get('rate', 25)
    for start, end in [(0, 120), (0, 1), (11, 13), (24, 77), (59, 61), (119, 120)]:
        cut_video(Cut(source, start, end, rate), tmp_path / 'cut.mp4')
        assert read_numbers(tmp_path / 'cut.mp4') == list(range(start, end))
        assert cv2.VideoCapture(str(tmp_path / 'cut.mp4')).get(cv2.CAP_PROP_FPS) == pytest.approx(
            rate, abs=0.01
        )


def test_the_picture_stays(tmp_path):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264', crf=10)
    cut_video(Cut(source, 30, 60, 25), tmp_path / 'cut.mp4')
    before, after = decode(source)[30:60].astype(int), decode(tmp_path / 'cut.mp4')
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 3


@pytest.mark.parametrize('rotation', [90, 180, 270])
def test_a_camera_held_sideways(tmp_path, rotation):
    if not hasattr(av.VideoStream, 'set_display_rotation'):
        pytest.skip('this PyAV cannot write the orientation')
    source = write_numbered(tmp_path / 'a.mp4', 'libx264', rotation=rotation, crf=10)
    cut_video(Cut(source, 30, 40, 25), tmp_path / 'cut.mp4')
    before, after = decode(source)[30:40].astype(int), decode(tmp_path / 'cut.mp4')
    assert before.shape == after.shape
    assert np.abs(before - after).mean() < 3


def test_odd_sizes_stay(tmp_path):
    size = dict(size=(63, 95), pix_fmt='yuv444p')
    source = write_numbered(tmp_path / 'a.mp4', 'libx264', **size)
    cut_video(Cut(source, 3, 9, 25), tmp_path / 'cut.mp4')
    assert read_numbers(tmp_path / 'cut.mp4') == list(range(3, 9))
    assert decode(tmp_path / 'cut.mp4').shape == (6, 63, 95, 3)


def test_equal_bytes_each_time(tmp_path):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264')
    for name in ('x.mp4', 'y.mp4'):
        cut_video(Cut(source, 10, 90, 25), tmp_path / name)
    assert (tmp_path / 'x.mp4').read_bytes() == (tmp_path / 'y.mp4').read_bytes()


def test_a_few_lost_frames_but_no_varying_rate(tmp_path):
    lost = [40 * (number + 3 * (number > 50)) for number in range(120)]
    source = write_numbered(tmp_path / 'lost.mp4', 'libx264', times=lost)
    cut_video(Cut(source, 40, 60, 25), tmp_path / 'cut.mp4')
    assert read_numbers(tmp_path / 'cut.mp4') == list(range(40, 60))
    slower = [40 * number + max(0, 20 * (number - 60)) for number in range(120)]
    source = write_numbered(tmp_path / 'slower.mp4', 'libx264', times=slower)
    with pytest.raises(FormatError, match=r'slower.mp4: has no constant frame rate'):
        cut_video(Cut(source, 100, 110, 25), tmp_path / 'none.mp4')
    assert not (tmp_path / 'none.mp4').exists()


def test_an_end_beyond_the_video(tmp_path):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264')
    with pytest.raises(FormatError, match=r'has 120 frames \(4.80 s\), so frames 100 to 121'):
        cut_video(Cut(source, 100, 121, 25), tmp_path / 'cut.mp4')
    assert [path.name for path in tmp_path.iterdir()] == ['a.mp4']


@pytest.mark.parametrize('length', [0, 100, 5000])
def test_a_damaged_video(tmp_path, length):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264')
    source.write_bytes(source.read_bytes()[:length])
    with pytest.raises(FormatError, match=r'a.mp4: cannot be opened as a video'):
        cut_video(Cut(source, 0, 10, 25), tmp_path / 'cut.mp4')


def test_damaged_frames(tmp_path):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264')
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[200:middle] = bytes(middle - 200)
    source.write_bytes(content)
    with pytest.raises(FormatError, match=r'a.mp4'):
        cut_video(Cut(source, 0, 60, 25), tmp_path / 'cut.mp4')
    assert [path.name for path in tmp_path.iterdir()] == ['a.mp4']


def test_no_space(tmp_path):
    source = write_numbered(tmp_path / 'a.mp4', 'libx264')
    program = (
        'import resource, signal, sys\n'
        'from pathlib import Path\n'
        'from vpd_mm.datasets.preparation.video_cutting import Cut, cut_video\n'
        'signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n'
        'resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n'
        'cut_video(Cut(Path(sys.argv[1]), 0, 120, 25), sys.argv[2])\n'
    )
    done = subprocess.run(
        [sys.executable, '-c', program, source, tmp_path / 'cut.mp4'],
        capture_output=True,
        text=True,
    )
    assert 'cut.mp4: cannot be written (File too large)' in done.stderr.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ['a.mp4']


def test_plans(tmp_path):
    write_video(tmp_path / 'a.mp4', [numbered_frame(0)] * 3, 50)
    (tmp_path / 'b.mp4').write_bytes(b'no video')
    segments = [
        Segment('a', 1, 2, 'a_01'),
        Segment('b', 1, 2, 'b'),
        Segment('b', 3, 4, 'b'),
        Segment('c', 1, 2, 'c'),
        Segment('a', 1.5, 2, 'a_E_1', numbered=False),
    ]
    cuts, problems = plan_cuts(tmp_path, segments)
    assert cuts == {
        'a_01_00000050_00000100': Cut(tmp_path / 'a.mp4', 50, 100, 50),
        'a_E_1': Cut(tmp_path / 'a.mp4', 75, 100, 50),
    }
    assert problems['c'] == f'has no video in {tmp_path}'
    assert 'b.mp4: cannot be opened as a video' in problems['b']
    with pytest.raises(FileNotFoundError, match='no such folder of videos'):
        plan_cuts(tmp_path / 'nowhere', segments)


def test_without_pyav(monkeypatch):
    monkeypatch.setitem(sys.modules, 'av', None)
    with pytest.raises(ImportError, match=r"cutting videos needs PyAV .*'vpd_mm\[video\]'"):
        import_av()


def test_the_index_of_a_video_that_decodes_late(tmp_path):
    index = read_frame_index(write_numbered(tmp_path / 'a.mp4', 'libx264', bf=3, g=50))
    assert index.num_frames == len(index.shown) == 120
    assert (np.diff(index.shown * float(index.time_base)) > 0.039).all()
    assert index.rate == 25 and index.keys[0, 1] < index.keys[0, 0] == 0
