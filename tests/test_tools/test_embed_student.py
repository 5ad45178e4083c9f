"""A student's embeddings by every road: crops, packed crops, videos, an ONNX file, jittered."""

import runpy
import sys

import numpy as np
import pytest
import torch
from mmengine.config import Config

from vpd_mm.datasets.preparation import (
    CropSettings,
    FlowSettings,
    extract_crops,
    pack_extracted_crops,
)
from vpd_mm.formats import Boxes, PackedCropWriter, read_embeddings, write_boxes, write_video
from vpd_mm.registry import MODELS

CONFIG = """
default_scope = 'vpd_mm'
custom_imports = dict(imports=['vpd_mm.registry'], allow_failed_imports=False)
model = dict(
    type='VPDEmbedder',
    data_preprocessor=dict(type='CropDataPreprocessor', mean=(0.5, 0.5, 0.6), std=(0.2, 0.2, 0.2)),
    backbone=dict(type='ConvStem', in_channels=5, out_channels=8),
    head=dict(type='EmbeddingHead', in_channels=8, embedding_dim=4),
    motion_head=dict(type='MotionHead', embedding_dim=4),
)
test_dataloader = dict(
    batch_size=16,
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='CropDataset',
        crop_dir='none',
        split='test',
        pipeline=[dict(type='LoadCrop', size=48), dict(type='PackCropInputs')],
        test_mode=True,
    ),
)
test_evaluator = dict(type='EmbeddingWriter', out_dir='none')
test_cfg = dict(type='TestLoop')
log_level = 'ERROR'
"""

LENGTHS = dict(a=40, b=20, c=33)


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """Videos of noise that moves, boxes, crops in every form, a student and its checkpoint."""
    root = tmp_path_factory.mktemp('embed')
    rng = np.random.default_rng(0)
    flow = FlowSettings('dis')
    for name, length in LENGTHS.items():
        wide = np.kron(rng.integers(0, 256, (12, 30, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
        frames = [wide[:, 100 - 2 * t : 228 - 2 * t].copy() for t in range(length)]
        video, pose_dir = root / 'videos' / f'{name}.mp4', root / 'pose' / name
        write_video(video, frames, 25)
        number = np.r_[1:5, 7:length]
        box = np.array([40.5, 20, 30, 50]) + rng.normal(size=(len(number), 4))
        write_boxes(pose_dir, Boxes(number, box))
        extract_crops(video, pose_dir, root / 'crops' / name, CropSettings(64), flow.codes)
        with PackedCropWriter(root / 'packed', lossless=True) as writer:
            pack_extracted_crops(video, pose_dir, writer, name, CropSettings(64), flow.codes)
    (root / 'config.py').write_text(CONFIG)
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(root / 'config.py').model)
    torch.save(dict(state_dict=model.state_dict()), root / 'student.pth')
    return root


@pytest.fixture(scope='module')
def call(root, repository):
    """Call tools/embed.py or another script in this process, as a user does."""

    def call(script, *arguments):
        words = [str(repository / script), *map(str, arguments)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, 'argv', words)
            patch.chdir(root)
            runpy.run_path(words[0], run_name='__main__')

    return call


@pytest.fixture(scope='module')
def embed(root, call):
    """Embed by some options; the embeddings of every video."""

    def embed(*options, checkpoint=True):
        out = root / 'out' / str(len(list(root.glob('out/*'))))
        model = [root / 'student.pth'] if checkpoint else []
        call('tools/embed.py', root / 'config.py', *model, '--out', out, *options)
        return {path.name[0]: read_embeddings(path) for path in sorted(out.glob('*.emb.pkl'))}

    return embed


@pytest.fixture(scope='module')
def from_crops(root, embed):
    return embed('--input', root / 'crops')


def assert_same(mine: dict, theirs: dict, **tolerance) -> None:
    assert list(mine) == list(theirs)
    for name, embeddings in mine.items():
        np.testing.assert_array_equal(embeddings.frame, theirs[name].frame)
        np.testing.assert_allclose(
            embeddings.embedding, theirs[name].embedding, **(tolerance or dict(rtol=0, atol=1e-6))
        )


def test_crops(from_crops):
    assert list(from_crops) == list(LENGTHS)
    for name, length in LENGTHS.items():
        assert from_crops[name].frame.tolist() == [*range(1, 5), *range(7, length)]
        assert from_crops[name].embedding.shape[1:] == (2, 4)
        assert from_crops[name].embedding.std(0).min() > 1e-4


def test_packed_crops(root, embed, from_crops):
    assert_same(embed('--input', root / 'packed'), from_crops)


@pytest.mark.parametrize('workers', [0, 2])
def test_straight_from_videos(root, embed, from_crops, workers):
    source = ['--videos', root / 'videos', '--boxes', root / 'pose']
    options = ['--flow', 'dis', '--dim', 64]
    workers = ['--cfg-options', f'test_dataloader.num_workers={workers}']
    assert_same(embed(*source, *options, *workers), from_crops)


def test_flow_matters(root, embed, from_crops):
    source = ['--videos', root / 'videos', '--boxes', root / 'pose', '--dim', 64]
    other = embed(*source, '--flow', 'dis', '--target-fps', 8)
    assert np.abs(other['a'].embedding - from_crops['a'].embedding).max() > 1e-3


def test_bad_videos_do_not_stop_the_rest(root, call, tmp_path, from_crops):
    for folder in ('videos', 'pose'):
        (tmp_path / folder).mkdir()
        for path in (root / folder).iterdir():
            (tmp_path / folder / path.name).symlink_to(path)
    for path in ('videos/b.mp4', 'pose/c'):
        (tmp_path / path).unlink()
    (tmp_path / 'videos' / 'b.mp4').write_bytes(b'no video')
    (tmp_path / 'pose' / 'c').mkdir()
    (tmp_path / 'pose' / 'd').mkdir()
    with pytest.raises(SystemExit) as stop:
        call(
            *('tools/embed.py', root / 'config.py', root / 'student.pth'),
            *('--videos', tmp_path / 'videos', '--boxes', tmp_path / 'pose'),
            *('--flow', 'dis', '--dim', 64, '--out', tmp_path / 'out'),
        )
    message = str(stop.value)
    assert 'b.mp4' in message and 'c/boxes.json' in message and 'd: has no video' in message
    assert message.endswith('3 videos could not be embedded')
    assert [path.name for path in (tmp_path / 'out').iterdir()] == ['a.emb.pkl']
    embeddings = read_embeddings(tmp_path / 'out' / 'a.emb.pkl')
    np.testing.assert_allclose(embeddings.embedding, from_crops['a'].embedding, atol=1e-6)


def test_jittered_copies(root, embed, from_crops):
    jittered = embed('--input', root / 'crops', '--jitter', 2)
    assert_same(embed('--input', root / 'packed', '--jitter', 2), jittered)
    for name, embeddings in jittered.items():
        plain, views = from_crops[name].embedding, embeddings.embedding
        assert views.shape[1:] == (6, 4)
        np.testing.assert_allclose(views[:, [0, 3]], plain, atol=1e-6)
        for view in (1, 2, 4, 5):
            assert np.abs(views[:, view] - plain[:, view // 3]).max() > 1e-4
    one = embed('--input', root / 'crops', '--jitter', 1, '--no-flip')
    assert one['a'].embedding.shape[1:] == (2, 4)


def test_onnx(root, call, embed, from_crops, capsys):
    for package in ('onnx', 'onnxscript', 'onnxruntime'):
        pytest.importorskip(package)
    files = root / 'config.py', root / 'student.pth', root / 'student.onnx'
    call('tools/convert/export_onnx.py', *files)
    told = capsys.readouterr().out
    assert 'crops (B, 5, 48, 48)' in told and 'largest difference' in told
    embeddings = embed('--onnx', files[-1], '--input', root / 'crops', checkpoint=False)
    assert_same(embeddings, from_crops, rtol=0, atol=1e-5)
    with pytest.raises(SystemExit, match=r'takes images of .*\(5, 48, 48\), not \(5, 64, 64\)'):
        embed(
            *('--onnx', files[-1], '--input', root / 'crops', '--cfg-options'),
            'test_dataloader.dataset.pipeline.0.size=64',
            checkpoint=False,
        )
    (root / 'damaged.onnx').write_bytes(files[-1].read_bytes()[:100])
    with pytest.raises(SystemExit, match=r'damaged.onnx: ONNX Runtime cannot read it'):
        embed('--onnx', root / 'damaged.onnx', '--input', root / 'crops', checkpoint=False)


@pytest.mark.parametrize(
    ('options', 'sentence'),
    [
        (['--videos', 'videos'], '--videos and --boxes need each other'),
        (['--videos', 'v', '--boxes', 'b', '--input', 'crops'], '--input names crops'),
        (['--many'], 'are for teachers'),
        (['--onnx', 'none.onnx'], 'none.onnx: there is no such file'),
        (['--jitter', '-1'], '--jitter not negative'),
        (['--videos', 'none', '--boxes', 'none'], 'none'),
    ],
)
def test_wrong_options_end_in_one_sentence(embed, capsys, options, sentence):
    with pytest.raises(SystemExit) as stop:
        embed(*options, checkpoint=False)
    assert sentence in str(stop.value) + capsys.readouterr().err


def test_onnx_takes_the_place_of_the_checkpoint(embed, capsys):
    with pytest.raises(SystemExit):
        embed('--onnx', 'student.onnx')
    assert '--onnx takes the place of CHECKPOINT' in capsys.readouterr().err
