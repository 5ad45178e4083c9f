"""How a sport names crops and embeddings, and what the teachers may be."""

import shutil

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from vpd_mm.datasets.crop_dataset import CropDataset
from vpd_mm.datasets.preparation import CropSettings
from vpd_mm.datasets.preparation.extraction import extract_crops
from vpd_mm.datasets.preparation.stacking import stack_embeddings
from vpd_mm.formats import (
    Boxes,
    Crop,
    PackedCropWriter,
    VideoMeta,
    open_crops,
    read_embeddings,
    write_boxes,
    write_crop,
    write_embeddings,
    write_meta,
    write_video,
)

PIPELINE = [dict(type='LoadCrop', size=8), dict(type='PackCropInputs')]
CLIPS = ('open_100_109', 'open_200_209')
TEST_CLIP = 'usopen_2019_womens_osaka_gauff_0_9'


def flat_crop(value: int) -> Crop:
    return Crop(np.full((8, 8, 3), value, np.uint8), np.full((8, 8, 2), value, np.uint8), None)


def write_crops(folder, values: dict) -> None:
    folder.mkdir(parents=True)
    for frame, value in values.items():
        write_crop(folder, frame, flat_crop(value))


def write_teacher(folder, videos, dim: int = 3) -> str:
    for number, video in enumerate(videos):
        path = folder / f'{video}.emb.pkl'
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = np.arange(10)[:, None, None] + np.full((10, 2, dim), 100.0 * number)
        write_embeddings(path, np.arange(10), rows, [dict(kp_score=0.9)] * 10)
    return str(folder)


@pytest.fixture
def tennis(tmp_path):
    """Two clips of a match and one of a test match; crops lie under player and match."""
    root = tmp_path / 'tennis'
    players = [f'{player}__{clip}' for player in ('front', 'back') for clip in (*CLIPS, TEST_CLIP)]
    for player in players:
        write_meta(root / 'pose' / player, VideoMeta(25.0, 10, 64, 64))
    (root / 'labels').mkdir()
    (root / 'labels' / 'all.txt').write_text(
        'open:front:105 forehand_slice\nopen:front:205 overhead\n'
    )
    (root / 'labels' / 'val.ids.txt').write_text('open:front:205\n')
    for side, shift in (('front', 0), ('back', 20)):
        frames = [*range(100, 110), 150, *range(200, 210)]
        write_crops(root / 'crops' / 'open' / side, {f: f % 100 + shift for f in frames})
        match = TEST_CLIP.rsplit('_', 2)[0]
        write_crops(root / 'crops' / match / side, {f: 50 + f for f in range(10)})
    write_teacher(root / 'embeddings' / 'vipe', players)
    return root


def tennis_data(root, split: str, **kwargs) -> CropDataset:
    return CropDataset(
        str(root / 'crops'),
        str(root / 'embeddings' / 'vipe'),
        dict(type='Tennis', data_root=str(root)),
        split,
        pipeline=PIPELINE,
        **kwargs,
    )


def test_players_learn_from_the_crops_of_their_match(tennis):
    train, val = tennis_data(tennis, 'train'), tennis_data(tennis, 'val')
    assert train.videos == ['back__open_100_109', 'back__open_200_209', 'front__open_100_109']
    assert val.videos == ['front__open_200_209']
    assert len(train) == 27 and len(val) == 9
    info = train.get_data_info(0)
    assert (info['video'], info['frame']) == ('back__open_100_109', 1)
    assert (info['crop_video'], info['crop_frame']) == ('back__open', 101)
    item = train[0]
    assert (item['inputs'][:3] == 21).all()
    assert item['data_samples'].video == 'back__open_100_109'
    assert item['data_samples'].frame == [1]


def test_players_are_embedded_clip_by_clip(tennis):
    dataset = tennis_data(tennis, 'test')
    assert len(dataset.videos) == 6
    assert f'front__{TEST_CLIP}' in dataset.videos
    assert len(dataset) == 60  # frame 150 is in no clip
    assert dataset.get_data_info(0)['num_rows'] == 10


def test_players_crops_by_clip_and_packed(tennis):
    crops = open_crops(tennis / 'crops')
    with PackedCropWriter(tennis / 'packed', lossless=True) as writer:
        for clip in CLIPS:
            first = int(clip.split('_')[1])
            for side in ('front', 'back'):
                stored = [(f, crops.read(f'{side}__open', first + f), None) for f in range(10)]
                writer.write_video(f'{side}__{clip}', stored)
    whole = tennis_data(tennis, 'train')
    shutil.move(tennis / 'packed', tennis / 'clips')
    shutil.rmtree(tennis / 'crops')
    shutil.move(tennis / 'clips', tennis / 'crops')
    clips = tennis_data(tennis, 'train')
    assert clips.videos == whole.videos and len(clips) == 27
    assert (clips[0]['inputs'][:3] == 21).all()


def test_reference_protocol_of_tennis_trains_on_every_match(tennis):
    train = tennis_data(tennis, 'train', protocol='reference')
    val = tennis_data(tennis, 'val', protocol='reference')
    assert len(train) + len(val) == 54
    assert f'front__{TEST_CLIP}' in train.videos


@pytest.fixture
def penn(tmp_path):
    """Four clips of moving noise, cut by their boxes; 0004 is a test clip."""
    root = tmp_path / 'penn'
    (root / 'labels').mkdir(parents=True)
    (root / 'videos').mkdir()
    rng = np.random.default_rng(0)
    for number in range(1, 5):
        clip = f'{number:04d}'
        frames = cv2.resize(rng.integers(0, 256, (12, 16, 30), np.uint8), (64, 48))
        frames = np.ascontiguousarray(frames.reshape(48, 64, 10, 3).transpose(2, 0, 1, 3))
        write_video(root / 'videos' / f'{clip}.mp4', frames, 25)
        write_boxes(root / 'pose' / clip, Boxes(np.arange(1, 9), np.array([[8, 4, 24, 30]] * 8)))
        write_meta(root / 'pose' / clip, VideoMeta(25.0, 10, 64, 48))
        label = dict(action='squat', nframes=10, train=-1 if number == 4 else 1)
        savemat(root / 'labels' / f'{clip}.mat', label)
        extract_crops(
            root / 'videos' / f'{clip}.mp4',
            root / 'pose' / clip,
            root / 'crops' / clip,
            CropSettings(dim=16),
        )
    write_teacher(root / 'embeddings' / 'vipe', [f'{number:04d}' for number in range(1, 5)])
    return root


def test_penn_frames_are_cut_by_their_boxes(penn):
    def dataset(split, **kwargs):
        return CropDataset(
            str(penn / 'crops'),
            str(penn / 'embeddings' / 'vipe'),
            dict(type='PennAction', data_root=str(penn)),
            split,
            use_flow=False,
            **kwargs,
        )

    train, val = dataset('train'), dataset('val')
    assert set(train.videos) | set(val.videos) == {'0001', '0002', '0003'}
    assert len(val.videos) == 1
    frames = [train.get_data_info(i)['frame'] for i in range(8)]
    assert frames == list(range(1, 9))  # frames 0 and 9 have no box
    pooled = [dataset(split, protocol='reference') for split in ('train', 'val')]
    assert sum(map(len, pooled)) == 32


def test_stacked_teachers(tmp_path):
    names = ('a', 'b')
    for name in names:
        write_crops(tmp_path / 'crops' / name, {frame: frame for frame in range(10)})
    vipe = write_teacher(tmp_path / 'vipe', names)
    pose = write_teacher(tmp_path / 'pose2d', names, 26)
    (tmp_path / 'both').mkdir()
    for name in names:
        both = stack_embeddings([read_embeddings(f'{f}/{name}.emb.pkl') for f in (vipe, pose)])
        path = tmp_path / 'both' / f'{name}.emb.pkl'
        write_embeddings(path, both.frame, both.embedding, both.meta)
    stacked = CropDataset(str(tmp_path / 'crops'), str(tmp_path / 'both'))
    alone = CropDataset(str(tmp_path / 'crops'), pose)
    assert len(stacked) == len(alone) == 9
    assert stacked.get_data_info(0)['target'].shape == (2, 58)
    assert alone.get_data_info(0)['target'].shape == (2, 52)
    np.testing.assert_array_equal(
        stacked.get_data_info(4)['target'][:, 3:29], alone.get_data_info(4)['target'][:, :26]
    )
