"""The published files read as the reference reads them."""

import numpy as np
import pytest

from vpd_mm.formats import (
    VideoMeta,
    list_crop_frames,
    list_pose_videos,
    read_boxes,
    read_crop,
    read_embeddings,
    read_masks,
    read_meta,
    read_poses,
)

NAMES = {'fs': 'men_olympic_short_program_2010_01_00011475_00015700', 'clip_b': 'clip_b'}


@pytest.fixture(scope='module')
def data(golden):
    return golden('12_formats')


@pytest.fixture(scope='module')
def folder(golden_dir):
    return golden_dir / 'formats'


@pytest.mark.parametrize('root', ['pose', 'pose_flat'])
@pytest.mark.parametrize('video', NAMES)
def test_poses(data, folder, root, video):
    found = list_pose_videos(folder / root)
    assert list(found) == sorted(NAMES.values())
    poses = read_poses(found[NAMES[video]])
    assert np.array_equal(poses.frame, data[f'in_{video}_frames'])
    for column, name in ((poses.score, 'scores'), (poses.box, 'boxes'), (poses.keypoints, 'kp')):
        assert np.array_equal(column, data[f'in_{video}_{name}'].astype(np.float32))


def test_what_lies_beside_poses(data, folder):
    masks = read_masks(folder / 'pose' / 'clip_b')
    assert np.array_equal(masks.bitmap[0], data['out_first_mask_bitmap'])
    assert masks.box[0].tolist() == [46, 45, 12, 16]
    assert read_meta(folder / 'pose' / 'clip_b') == VideoMeta(25.0, 14, 320, 240)
    assert read_boxes(folder / 'pose' / 'clip_b').box.shape[1] == 4


@pytest.mark.parametrize('video', NAMES)
@pytest.mark.parametrize('case', ['default', 'noflip', 'many', 'min05', 'invert'])
def test_embeddings(data, folder, case, video):
    read = read_embeddings(folder / f'emb_{case}' / f'{NAMES[video]}.emb.pkl')
    expected = data[f'out_emb_{case}_{video}_embs']
    assert np.array_equal(read.frame, data[f'out_emb_{case}_{video}_frames'])
    assert np.array_equal(read.embedding.reshape(expected.shape), expected)
    for key in ('kp_score', 'is_mean'):
        values = [meta[key] for meta in read.meta]
        assert np.array_equal(values, data[f'out_emb_{case}_{video}_{key}'])


@pytest.mark.parametrize(
    ('path', 'name'),
    [
        ('emb_handmade/vid_1d', 'handmade_1d'),
        ('emb_handmade/vid_2d', 'handmade_2d'),
        ('emb2d_noflip0/clip_b', 'emb2d_noflip0'),
        ('emb2d_noflip1/clip_b', 'emb2d_noflip1'),
        ('emb_stacked/clip_b', 'stacked'),
    ],
)
def test_other_embeddings(data, folder, path, name):
    read = read_embeddings(folder / f'{path}.emb.pkl')
    expected = data[f'out_{name}_embs']
    assert np.array_equal(read.embedding.reshape(expected.shape), expected.astype(np.float32))
    assert [meta['kp_score'] for meta in read.meta] == data[f'out_{name}_kp_score'].tolist()


def test_crops(folder):
    crop_dir = folder / 'crops' / 'clip_b'
    assert list_crop_frames(crop_dir).tolist() == [0, 1]
    crop = read_crop(crop_dir, 0)
    assert crop.rgb[0, 0].tolist() == [174, 132, 30]
    assert crop.flow[0, 0].tolist() == [119, 126]
    assert crop.mask.shape == (32, 32) and not crop.mask[0, 0]
