"""Which frames train, validate and are embedded, and what they carry."""

import pickle
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import ConfigDict

from vpd_mm.datasets.crop_dataset import CropDataset
from vpd_mm.datasets.distillation import held_out_videos, select_rows, spread_evenly, unit_rows
from vpd_mm.datasets.transforms import LoadCrop, PackCropInputs
from vpd_mm.engine.hooks.plain_checkpoint import to_plain
from vpd_mm.formats import FormatError, PackedCropWriter, open_crops, write_embeddings
from vpd_mm.registry import SPORTS

PIPELINE = [dict(type='LoadCrop', size=16), dict(type='PackCropInputs')]
VIDEOS = ('a', 'b', 'c', 'test_d')


class Action:
    def __init__(self, video):
        self.video = video


class OneSport:
    """Video b validates, test_d tests."""

    test_videos = frozenset({'test_d'})
    labels = {'1': Action('b'), '2': Action('test_d'), '3': Action('a')}

    def __init__(self, val: tuple = ('1', '2')):
        self.val = val

    def split_ids(self, split):
        if not self.val:
            raise ValueError('there is no such split')
        return self.val

    def crop_parts(self):
        return {}


@pytest.fixture(autouse=True)
def one_sport():
    SPORTS.register_module(name='OneSport', module=OneSport, force=True)
    yield
    SPORTS.module_dict.pop('OneSport')


@pytest.fixture
def data(tmp_path):
    generator = np.random.default_rng(0)
    for number, video in enumerate(VIDEOS):
        folder = tmp_path / 'crops' / video
        folder.mkdir(parents=True)
        for frame in range(6):
            image = generator.integers(0, 256, (16, 16, 3), dtype=np.uint8)
            cv2.imwrite(str(folder / f'{frame}.png'), image)
            cv2.imwrite(str(folder / f'{frame}.flow.png'), image)
            cv2.imwrite(str(folder / f'{frame}.prev.png'), image)
        frames = np.array([0, 1, 2, 4, 5, 9])
        embedding = generator.normal(size=(6, 2, 3)).astype(np.float32) + 10 * number
        scores = (0.9, 0.9, 0.4, 0.9, 0.9, 0.9)
        meta = [dict(kp_score=score) for score in scores]
        path = tmp_path / 'vipe' / f'{video}.emb.pkl'
        path.parent.mkdir(exist_ok=True)
        write_embeddings(path, frames, embedding, meta)
    return dict(crop_dir=str(tmp_path / 'crops'), embedding_dir=str(tmp_path / 'vipe'))


@pytest.fixture
def packed(data, tmp_path):
    crops = open_crops(data['crop_dir'])
    with PackedCropWriter(tmp_path / 'packed', lossless=True) as writer:
        for video in crops.videos:
            frames = crops.frames(video).tolist()
            writer.write_video(video, [(f, crops.read(video, f), None) for f in frames])
    return dict(data, crop_dir=str(tmp_path / 'packed'))


def keys(dataset) -> list:
    infos = (dataset.get_data_info(i) for i in range(len(dataset)))
    return [(info['video'], info['frame']) for info in infos]


def videos(dataset) -> set:
    return {video for video, _ in keys(dataset)}


def test_frames_and_targets(data):
    dataset = CropDataset(**data, split='train', sport=dict(type='OneSport'))
    assert keys(dataset) == [('a', 1), ('a', 5), ('c', 1), ('c', 5)]
    info = dataset.get_data_info(2)
    assert info['target'].shape == (2, 6)
    embedding = dataset.embedding
    np.testing.assert_array_equal(info['target'][:, :3], embedding[7])
    np.testing.assert_allclose(info['target'][:, 3:], embedding[7] - embedding[6])
    assert info['num_rows'] == 2
    assert info['target'].dtype == np.float32


def test_a_checkpoint_carries_the_metainfo_unchanged(data):
    """A resumed run warns where the pickled metainfo differs from the checkpoint's."""
    sport = ConfigDict(type='OneSport', val=('1',))
    metainfo = CropDataset(**data, sport=sport).metainfo
    assert pickle.dumps(to_plain(metainfo)) == pickle.dumps(metainfo)


def test_without_motion(data):
    dataset = CropDataset(**data, motion=False, sport=dict(type='OneSport'))
    assert [frame for video, frame in keys(dataset) if video == 'a'] == [0, 1, 4, 5]
    assert dataset.get_data_info(0)['target'].shape == (2, 3)


def test_normalized(data):
    dataset = CropDataset(**data, normalize_target=True, sport=dict(type='OneSport'))
    target = dataset.get_data_info(0)['target']
    np.testing.assert_allclose(np.linalg.norm(target[:, :3], axis=1), 1, atol=1e-6)


def test_clean_protocol_keeps_videos_apart(data):
    sport = dict(type='OneSport')
    train = CropDataset(**data, sport=sport)
    val = CropDataset(**data, sport=sport, split='val')
    assert videos(train) == {'a', 'c'}
    assert videos(val) == {'b'}


def test_clean_protocol_without_validation_actions(data):
    sport = dict(type='OneSport', val=())
    train = CropDataset(**data, sport=sport)
    val = CropDataset(**data, sport=sport, split='val')
    assert len(videos(val)) == 1
    assert videos(train) | videos(val) == {'a', 'b', 'c'}
    assert not videos(train) & videos(val)


def test_reference_protocol_shares_out_frames(data):
    part = dict(**data, sport=dict(type='OneSport'), protocol='reference', motion=False)
    train, val = CropDataset(**part), CropDataset(**part, split='val')
    assert len(train) == 13 and len(val) == 3
    assert not set(keys(train)) & set(keys(val))
    assert 'test_d' in videos(train) | videos(val)


def test_test_split_has_every_crop(data):
    dataset = CropDataset(data['crop_dir'], split='test', exclude_videos=('b',))
    assert videos(dataset) == {'a', 'c', 'test_d'}
    assert len(dataset) == 18
    info = dataset.get_data_info(-1)
    assert info['num_rows'] == 6 and info['sample_idx'] == 17
    assert 'target' not in info


def test_max_frames_and_indices(data):
    dataset = CropDataset(data['crop_dir'], split='test', max_frames=4)
    assert keys(dataset) == [('a', 0), ('b', 2), ('c', 3), ('test_d', 5)]
    assert dataset.get_data_info(0)['num_rows'] == 1
    assert len(CropDataset(data['crop_dir'], split='test', indices=5)) == 5


def test_pipeline_packs_bytes(data):
    dataset = CropDataset(**data, sport=dict(type='OneSport'), pipeline=PIPELINE)
    item = dataset[0]
    assert item['inputs'].shape == (6, 16, 16) and item['inputs'].dtype == torch.uint8
    assert item['data_samples'].gt_embedding.shape == (2, 6)
    assert item['data_samples'].metainfo == dict(
        video='a', frame=[1], num_rows=2, embedding_meta=[{}]
    )
    assert (item['inputs'][-1] == 255).all()  # there is no mask, so nothing is background


def test_frames_without_flow_are_skipped_or_named(data, tmp_path):
    (tmp_path / 'crops' / 'a' / '1.flow.png').unlink()
    dataset = CropDataset(**data, sport=dict(type='OneSport'))
    assert ('a', 1) not in keys(dataset)
    rgb = CropDataset(**data, sport=dict(type='OneSport'), use_flow=False)
    assert ('a', 1) in keys(rgb)
    with pytest.raises(FormatError, match=r'crops/a: has no flow of frame 1; run .*extract_flow'):
        LoadCrop(16)(dict(crop_dir=data['crop_dir'], video='a', frame=1))


def test_transform_keys(tmp_path, data):
    given = dict(crop_dir=data['crop_dir'], frame=2, video='a', num_rows=6)
    loaded = LoadCrop(8)(dict(given))
    assert set(loaded) - set(given) == {'rgb', 'flow', 'mask'}
    assert loaded['rgb'].shape == (8, 8, 3) and loaded['flow'].shape == (8, 8, 2)
    assert set(PackCropInputs()(loaded)) == {'inputs', 'data_samples'}


def test_missing_data_is_one_clear_sentence(data, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no crops here.*data/README\.md.*make demo'):
        CropDataset(str(tmp_path / 'none'), split='test')
    with pytest.raises(FileNotFoundError, match='no teacher embeddings here'):
        CropDataset(data['crop_dir'], str(tmp_path / 'none'))
    with pytest.raises(ValueError, match='scores 2 or more'):
        CropDataset(**data, min_score=2)
    with pytest.raises(ValueError, match='needs embedding_dir'):
        CropDataset(data['crop_dir'])
    with pytest.raises(ValueError, match='at least 2 are needed'):
        CropDataset(**data, exclude_videos=('a', 'b', 'c'))


def test_select_rows_sorts_by_frame():
    frame = np.array([5, 6, 1, 2, 2])
    assert select_rows(frame, np.ones(5)).tolist() == [3, 1]
    assert select_rows(frame, np.ones(5), motion=False).tolist() == [2, 3, 4, 0, 1]


def test_unit_rows_keeps_zero():
    np.testing.assert_array_equal(unit_rows(np.array([[3.0, 4], [0, 0]])), [[0.6, 0.8], [0, 0]])


def test_small_helpers():
    assert spread_evenly(10, 3).tolist() == [0, 4, 9]
    assert spread_evenly(2, 5).tolist() == [0, 1]
    names = [f'v{i}' for i in range(10)]
    assert held_out_videos(names, 0.2) == held_out_videos(names[::-1], 0.2)
    assert len(held_out_videos(names, 0.2)) == 2


def test_a_million_frames_take_twenty_megabytes(monkeypatch, tmp_path):
    (tmp_path / 'v').mkdir()
    monkeypatch.setattr('vpd_mm.formats.crop_stores.list_crop_frames', lambda *_: np.arange(10**6))
    dataset = CropDataset(str(tmp_path), split='test', use_flow=False)
    assert len(dataset) == 10**6
    assert dataset.data_list.nbytes == 20 * 10**6


@pytest.mark.parametrize('split', ['train', 'test'])
def test_packed_crops_give_the_same(data, packed, split):
    how = dict(split=split, sport=dict(type='OneSport'), pipeline=PIPELINE)
    first, second = CropDataset(**data, **how), CropDataset(**packed, **how)
    assert keys(first) == keys(second)
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a['inputs'], b['inputs'])
        assert a['data_samples'].metainfo == b['data_samples'].metainfo


def test_workers_read_packed_crops(packed):
    dataset = CropDataset(packed['crop_dir'], split='test', pipeline=PIPELINE)
    here = [item['inputs'] for item in dataset]
    loader = torch.utils.data.DataLoader(dataset, 5, num_workers=2, collate_fn=list)
    there = [item['inputs'] for batch in loader for item in batch]
    assert all(torch.equal(a, b) for a, b in zip(here, there, strict=True))


def test_players_of_a_match_are_videos(data):
    crops = Path(data['crop_dir'])
    (crops / 'match').mkdir()
    shutil.move(crops / 'b', crops / 'match' / 'front')
    (crops / '.tmp-host-0123abcd-c').mkdir()
    dataset = CropDataset(data['crop_dir'], split='test', pipeline=PIPELINE)
    assert videos(dataset) == {'a', 'c', 'front__match', 'test_d'}
    assert dataset[7]['data_samples'].video == 'c'
    assert dataset[12]['data_samples'].video == 'front__match'
