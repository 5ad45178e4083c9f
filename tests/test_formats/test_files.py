import numpy as np
import pytest

from vpd_mm.formats import (
    FormatError,
    VideoMeta,
    atomic_directory,
    atomic_path,
    decode_flow,
    encode_flow,
    iter_frames,
    probe_video,
    write_video,
)


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / 'more' / 'a.json.gz'
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent and temporary.name.endswith('a.json.gz')
        temporary.write_text('new')
        assert not path.exists()
    assert path.read_text() == 'new'
    assert [p.name for p in path.parent.iterdir()] == ['a.json.gz']


def test_after_an_error_the_old_file_stands(tmp_path):
    (tmp_path / 'a').write_text('old')
    with pytest.raises(KeyError), atomic_path(tmp_path / 'a') as temporary:
        temporary.write_text('half')
        raise KeyError
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [('a', 'old')]


def test_folders_take_the_place_of_old_ones(tmp_path):
    for content in 'ab':
        with atomic_directory(tmp_path / 'out') as folder:
            (folder / content).write_text(content)
    assert [p.name for p in (tmp_path / 'out').iterdir()] == ['b']
    with pytest.raises(KeyError), atomic_directory(tmp_path / 'out'):
        raise KeyError
    assert [p.name for p in tmp_path.rglob('*')] == ['out', 'b']


def colours(count=8, size=(48, 64)):
    image = np.zeros((count, *size, 3), np.uint8)
    image[..., 0], image[..., 2] = 200, 40
    image[:, :, :32, 1] = (np.arange(count) * 20)[:, None, None]
    return image


def test_videos_round_trip(tmp_path):
    frames = colours()
    write_video(tmp_path / 'a.mp4', frames, 25)
    assert probe_video(tmp_path / 'a.mp4') == VideoMeta(25.0, 8, 64, 48)
    read = list(iter_frames(str(tmp_path / 'a.mp4')))
    assert len(read) == 8 and read[0].dtype == np.uint8
    assert np.abs(np.array(read).astype(int) - frames).mean() < 4


def test_what_is_no_video_is_one_error(tmp_path):
    (tmp_path / 'a.mp4').write_bytes(b'no video')
    with pytest.raises(FormatError, match=r'a\.mp4: cannot be opened'):
        next(iter_frames(tmp_path / 'a.mp4'))
    with pytest.raises(FileNotFoundError, match=r'b\.mp4: no such video'):
        probe_video(tmp_path / 'b.mp4')


def test_what_cannot_be_a_video_is_not_written(tmp_path):
    with pytest.raises(ValueError, match='no frame'):
        write_video(tmp_path / 'a.mp4', [], 25)
    with pytest.raises(ValueError, match='in one video'):
        write_video(tmp_path / 'a.mp4', [colours()[0], colours(size=(32, 64))[0]], 25)
    assert not list(tmp_path.iterdir())


def test_flow_codes():
    flow = np.array([0, -20, 20, 99, -99], np.float32)
    assert encode_flow(flow).tolist() == [124, 0, 248, 248, 0]
    assert encode_flow(flow).dtype == np.uint8
    assert decode_flow(encode_flow(flow))[0] == pytest.approx(-0.0137255)


def test_median_is_of_each_image_and_component():
    flow = np.zeros((2, 3, 3, 2), np.float32)
    flow[0, ..., 0], flow[1, ..., 1], flow[1, 0, 0, 1] = 5, -7, 3
    codes = encode_flow(flow, subtract_median=True)
    assert codes[1, 0, 0, 1] == encode_flow(10)
    codes[1, 0, 0, 1] = 124
    assert (codes == 124).all()
