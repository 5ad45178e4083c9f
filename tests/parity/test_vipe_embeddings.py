"""Teacher embeddings of pose directories against the reference's files."""

import numpy as np
import pytest
import torch

from vpd_mm.datasets import PoseSequenceDataset
from vpd_mm.formats import read_embeddings
from vpd_mm.models.embedders import Pose2DEmbedder, VIPEEmbedder
from vpd_mm.models.embedders.detections import average_detections

VIDEOS = {'fs': 'men_olympic_short_program_2010_01_00011475_00015700', 'clip_b': 'clip_b'}
CLOSE = {'rtol': 1e-5, 'atol': 1e-5}


@pytest.fixture(scope='module')
def data(golden):
    return dict(golden('12_formats'))


@pytest.fixture(scope='module')
def teacher(data):
    model = VIPEEmbedder(backbone=dict(type='ResidualMLP', out_channels=8, hidden_channels=24))
    prefix = 'in_sd_vipe__'
    state = {k.removeprefix(prefix): v for k, v in data.items() if k.startswith(prefix)}
    model.backbone.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in state.items()})
    return model.eval()


def video_of(golden_dir, video, **kwargs):
    dataset = PoseSequenceDataset(
        str(golden_dir / 'formats' / 'pose'), videos=[VIDEOS[video]], **kwargs
    )
    return dataset[0]


def embed(model, item):
    with torch.no_grad():
        return model([item['inputs']], [item['data_samples']], mode='predict')[0]


@pytest.mark.parametrize('video', VIDEOS)
@pytest.mark.parametrize('bones', [False, True])
def test_inputs(data, golden_dir, video, bones):
    inputs = video_of(golden_dir, video, min_score=0.5, bones=bones)
    expected = data[f'out_{video}_vipe_pose_bones{int(bones)}']
    threshold = {'fs': 24, 'clip_b': 16}[video]
    assert len(expected) == threshold
    np.testing.assert_allclose(inputs['inputs'].flatten(0, 1), expected, **CLOSE)
    sample = inputs['data_samples']
    np.testing.assert_allclose(np.repeat(sample.kp_score, 2), data[f'out_{video}_vipe_score'], 1e-6)
    assert np.repeat(sample.detection_frame, 2).tolist() == data[f'out_{video}_vipe_frame'].tolist()
    flips = data[f'out_{video}_vipe_is_flip']
    np.testing.assert_array_equal(np.arange(len(flips)) % 2 == 1, flips)


@pytest.mark.parametrize('video', VIDEOS)
def test_inverted_inputs(data, golden_dir, video):
    item = video_of(golden_dir, video, mirror=False, invert=True)
    np.testing.assert_allclose(
        item['inputs'][:, 0], data[f'out_{video}_vipe_pose_inverted'], **CLOSE
    )


@pytest.mark.parametrize(
    ('name', 'options'),
    [
        ('default', {}),
        ('noflip', dict(mirror=False)),
        ('min05', dict(min_score=0.5)),
        ('invert', dict(invert=True)),
    ],
)
@pytest.mark.parametrize('video', VIDEOS)
def test_embeddings(golden_dir, teacher, video, name, options):
    sample = embed(teacher, video_of(golden_dir, video, **options))
    expected = read_embeddings(golden_dir / 'formats' / f'emb_{name}' / f'{VIDEOS[video]}.emb.pkl')
    np.testing.assert_allclose(sample.pred_embedding, expected.embedding, **CLOSE)
    assert sample.frame == expected.frame.tolist()
    assert len(sample.frame) == sample.num_rows
    scores = [row['kp_score'] for row in expected.meta]
    np.testing.assert_allclose([row['kp_score'] for row in sample.embedding_meta], scores, 1e-6)
    assert [set(row) for row in sample.embedding_meta] == [set(row) for row in expected.meta]
    assert [row['is_mean'] for row in sample.embedding_meta] == [
        row['is_mean'] for row in expected.meta
    ]


@pytest.mark.parametrize('video', VIDEOS)
def test_every_detection(golden_dir, data, teacher, video):
    """The published file gives the views entries of their own; here they stay together."""
    sample = embed(teacher, video_of(golden_dir, video, per_frame='all'))
    name = f'out_emb_many_{video}'
    views = data[f'{name}_embs'].reshape(-1, 2, 8)
    np.testing.assert_allclose(sample.pred_embedding, views, **CLOSE)
    assert sample.frame == data[f'{name}_frames'][::2].tolist()
    assert len(sample.frame) == sample.num_rows
    scores = [row['kp_score'] for row in sample.embedding_meta]
    np.testing.assert_allclose(scores, data[f'{name}_kp_score'][::2], 1e-6)
    assert not any(row['is_mean'] for row in sample.embedding_meta)


@pytest.mark.parametrize('flip', [0, 1])
def test_average(data, flip):
    frame, score, embedding = (data[f'in_mean_{k}'] for k in ('frames', 'kp_score', 'embs'))
    views = 2 if flip else 1
    frames, mean, meta = average_detections(
        frame[::views], score[::views], embedding.reshape(-1, views, embedding.shape[-1])
    )
    np.testing.assert_array_equal(frames, data[f'out_mean_flip{flip}_frames'])
    np.testing.assert_allclose(
        mean if flip else mean[:, 0], data[f'out_mean_flip{flip}_embs'], **CLOSE
    )
    assert [m['kp_score'] for m in meta] == data[f'out_mean_flip{flip}_kp_score'].tolist()
    assert [m['is_mean'] for m in meta] == data[f'out_mean_flip{flip}_is_mean'].tolist()


@pytest.mark.parametrize('mirror', [True, False])
def test_raw_2d(data, golden_dir, mirror):
    item = video_of(golden_dir, 'clip_b', per_frame='first', mirror=mirror)
    sample = embed(Pose2DEmbedder(), item)
    name = f'out_emb2d_noflip{int(not mirror)}'
    expected = data[f'{name}_embs'].reshape(len(sample.frame), -1, 26)
    np.testing.assert_allclose(sample.pred_embedding, expected, **CLOSE)
    assert sample.frame == data[f'{name}_frames'].tolist()
    scores = [row['kp_score'] for row in sample.embedding_meta]
    np.testing.assert_allclose(scores, data[f'{name}_kp_score'], rtol=1e-5)
