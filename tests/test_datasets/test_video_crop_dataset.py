"""Crops straight from videos: the same as stored ones, each video on one worker of one process."""

import numpy as np
import pytest
import torch

from vpd_mm.datasets import video_crop_dataset
from vpd_mm.datasets.preparation import CropSettings, FlowSettings, extract_crops
from vpd_mm.datasets.transforms import LoadCrop, PackCropInputs
from vpd_mm.datasets.video_crop_dataset import VideoCropDataset
from vpd_mm.formats import Boxes, FormatError, write_boxes, write_video

LENGTHS = dict(a=7, b=20, c=12, d=9)


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    root = tmp_path_factory.mktemp('videos')
    rng = np.random.default_rng(0)
    for name, length in LENGTHS.items():
        frames = rng.integers(0, 256, (length, 48, 64, 3), np.uint8)
        write_video(root / 'videos' / f'{name}.mp4', frames, 25)
        boxes = np.tile([10.5, 5, 20, 30], (length, 1))
        write_boxes(root / 'pose' / name, Boxes(np.arange(length), boxes))
    return root


def dataset(data, use_flow=True, **options) -> VideoCropDataset:
    options.setdefault('flow', dict(method='dis') if use_flow else None)
    return VideoCropDataset(
        data / 'videos',
        data / 'pose',
        [LoadCrop(24, use_flow), PackCropInputs()],
        batch_size=8,
        dim=32,
        **options,
    )


@pytest.mark.parametrize('use_flow', [True, False])
def test_crops_are_those_of_the_files(data, use_flow, tmp_path):
    load, pack = LoadCrop(24, use_flow), PackCropInputs()
    for name in LENGTHS:
        source = data / 'videos' / f'{name}.mp4', data / 'pose' / name
        flow = FlowSettings('dis').codes if use_flow else None
        extract_crops(*source, tmp_path / name, CropSettings(32), flow)
    seen = []
    for batch in dataset(data, use_flow):
        for inputs, sample in zip(batch['inputs'], batch['data_samples'], strict=True):
            frame, rows = sample.frame[0], LENGTHS[sample.video]
            stored = dict(crop_dir=tmp_path, video=sample.video, frame=frame, num_rows=rows)
            stored = pack(load(stored))
            torch.testing.assert_close(inputs, stored['inputs'], rtol=0, atol=0)
            assert sample.metainfo == stored['data_samples'].metainfo
            seen.append((sample.video, frame))
    assert sorted(seen) == [(name, frame) for name, n in LENGTHS.items() for frame in range(n)]


def test_its_length_is_the_number_of_batches(data):
    assert len(dataset(data)) == len(list(dataset(data))) == 1 + 3 + 2 + 2
    assert len(dataset(data, exclude_videos=['b'])) == 5


def test_processes_share_the_videos(data, monkeypatch):
    parts = []
    for rank in (0, 1):
        monkeypatch.setattr(video_crop_dataset, 'get_dist_info', lambda rank=rank: (rank, 2))
        parts.append(dataset(data).videos)
    assert parts == [['b', 'd'], ['c', 'a']]  # the longest first


def test_workers_share_the_videos(data):
    loader = torch.utils.data.DataLoader(
        dataset(data), batch_size=None, num_workers=2, collate_fn=video_crop_dataset_batch
    )
    batches = list(loader)
    assert len(batches) == len(loader) == 8
    rows = [(s.video, s.frame[0]) for batch in batches for s in batch['data_samples']]
    assert len(set(rows)) == sum(LENGTHS.values())


def video_crop_dataset_batch(batch):
    return batch


def test_flow_that_is_wanted_and_not_computed(data):
    (batch, *_) = dataset(data, use_flow=False)
    assert batch['inputs'].shape[1:] == (4, 24, 24)
    with pytest.raises(FormatError, match='set use_flow=False'):
        LoadCrop(24)(dict(video='a', frame=0, crop=video_crop_dataset.Crop(None, None, None)))
