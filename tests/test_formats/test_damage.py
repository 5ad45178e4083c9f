"""Cut or altered files give one clear error or valid data, never anything else."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from vpd_mm.formats import (
    Action,
    Actions,
    Boxes,
    Crop,
    FormatError,
    Masks,
    PackedCropWriter,
    Poses,
    PoseViews,
    Sequence3D,
    VideoMeta,
    open_crops,
    read_actions,
    read_boxes,
    read_crop,
    read_embeddings,
    read_masks,
    read_meta,
    read_pose_views,
    read_poses,
    read_poses3d,
    read_video_metadata,
    write_actions,
    write_boxes,
    write_crop,
    write_embeddings,
    write_json,
    write_masks,
    write_meta,
    write_pose_views,
    write_poses,
    write_poses3d,
)

META = VideoMeta(25.0, 10, 64, 48)
RNG = np.random.default_rng(0)
POSES = Poses(np.arange(2), *(RNG.random((2, *shape), np.float32) for shape in ((), (4,), (17, 3))))
MASKS = Masks(np.arange(1), np.ones(1), np.ones((1, 4), np.int64), [RNG.random((9, 7)) > 0.5])
ACTIONS = Actions(['a'], {'v': META}, [Action('v:0:4', 'v', 0, 4, 'a')], {'train': ['v:0:4']})
SEQUENCES = {('p', 'run'): Sequence3D(np.zeros((2, 3)), np.zeros(2), np.ones((2, 4, 3)))}
VIEWS = {('p', 'run'): PoseViews(np.arange(2), np.array(['c1', 'c2']), POSES.keypoints)}
CROP = Crop(*(RNG.integers(0, 256, (9, 9, n), np.uint8) for n in (3, 2)), RNG.random((9, 9)) > 0.5)


def write_packed(folder):
    with PackedCropWriter(folder) as writer:
        writer.write_video('v', [(frame, CROP, CROP.rgb) for frame in (3, 5)])


def read_packed(folder):
    crops = open_crops(folder)
    frames = crops.frames('v', flow=True).tolist()
    return [(crops.read('v', frame), crops.read_previous('v', frame)) for frame in frames]


# name: how to write into a folder, the file, how to read it
KINDS = {
    'poses': (lambda d: write_poses(d, POSES), 'coco_keypoints.json.gz', read_poses),
    'boxes': (
        lambda d: write_boxes(d, Boxes(np.arange(2), np.ones((2, 4)))),
        'boxes.json',
        read_boxes,
    ),
    'masks': (lambda d: write_masks(d, MASKS), 'mask.json.gz', read_masks),
    'meta': (lambda d: write_meta(d, META), 'meta.json', read_meta),
    'embeddings': (
        lambda d: write_embeddings(d / 'a.emb.pkl', [1, 2], np.ones((2, 2, 3)), [{'s': 0.5}] * 2),
        'a.emb.pkl',
        lambda d: read_embeddings(d / 'a.emb.pkl'),
    ),
    'actions': (
        lambda d: write_actions(d / 'actions.json', ACTIONS),
        'actions.json',
        lambda d: read_actions(d / 'actions.json'),
    ),
    'poses3d': (lambda d: write_poses3d(d, SEQUENCES), 'ground_truth_3d_pose.pkl', read_poses3d),
    'views': (
        lambda d: write_pose_views(d, 'multi_camera', VIEWS),
        'cocopose/p__run.json.gz',
        lambda d: read_pose_views(d, 'multi_camera'),
    ),
    'video metadata': (
        lambda d: write_json(d / 'v.json', {'v': vars(META)}),
        'v.json',
        lambda d: read_video_metadata(d / 'v.json'),
    ),
    **{
        f'crop{kind}': (
            lambda d: write_crop(d, 3, CROP),
            f'3{kind}.png',
            lambda d: read_crop(d, 3),
        )
        for kind in ('', '.flow', '.mask')
    },
    'packed crops': (write_packed, 'v.crops', read_packed),
}


@pytest.fixture(params=KINDS)
def intact(request, tmp_path):
    write, name, read = KINDS[request.param]
    write(tmp_path)
    return tmp_path / name, lambda: read(tmp_path), (tmp_path / name).read_bytes()


def check(path, read, data):
    path.write_bytes(data)
    try:
        assert read() is not None
    except FormatError as error:
        assert path.name in str(error) and '\n' not in str(error)


few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(share=st.floats(0, 0.999))
def test_cut_short(intact, share):
    path, read, data = intact
    check(path, read, data[: int(len(data) * share)])


@few
@given(share=st.floats(0, 0.999), bit=st.integers(0, 7))
def test_bit_flipped(intact, share, bit):
    path, read, data = intact
    altered = bytearray(data)
    place = int(len(data) * share)
    altered[place] ^= 1 << bit
    # As an instruction of a pickle, "r" makes Python reserve up to 64 GB.
    assume(path.suffix != '.pkl' or altered[place] != ord('r'))
    check(path, read, bytes(altered))


@few
@given(noise=st.binary(max_size=200))
def test_noise(intact, noise):
    path, read, _ = intact
    check(path, read, noise)


@pytest.mark.parametrize('content', [b'', b'x' * 100, b'vpdcrop1' + b'\0' * 100])
def test_foreign_files_are_one_sentence(tmp_path, content):
    (tmp_path / 'a.crops').write_bytes(content)
    with pytest.raises(FormatError, match=r'a\.crops: is .*; pack or extract'):
        open_crops(tmp_path).frames('a')


def test_every_altered_byte_is_noticed(tmp_path):
    with PackedCropWriter(tmp_path, lossless=True) as writer:
        writer.write_video('a', [(0, CROP, CROP.rgb)])
    content = (tmp_path / 'a.crops').read_bytes()
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 16
        (tmp_path / 'a.crops').write_bytes(altered)
        crops = open_crops(tmp_path)
        with pytest.raises(FormatError, match=r'a\.crops'):
            crops.read('a', 0), crops.read_previous('a', 0)
