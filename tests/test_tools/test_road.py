"""The whole road by its commands, on a tiny demo data set: from making the video to recognition."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from vpd_mm.formats import list_crop_frames, read_embeddings, read_poses

VIPE = 'configs/demo/vipe_demo.py'
VPD = 'configs/demo/vpd_r18_motion_fs_demo.py'


@pytest.fixture(scope='module')
def run(repository):
    """Run one command of the repository; its output, with what it says on failure."""

    def run(*command, fails=False):
        command = [str(word) for word in command]
        interpreter = 'bash' if command[0].endswith('.sh') else sys.executable
        path = f'{Path(sys.executable).parent}:{os.environ["PATH"]}'
        environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'PORT': '29617', 'PATH': path}
        result = subprocess.run(
            [interpreter, *command],
            cwd=repository,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        output = result.stdout + result.stderr
        assert (result.returncode != 0) == fails, output[-4000:]
        return output

    return run


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    return tmp_path_factory.mktemp('road')


@pytest.fixture(scope='module')
def data(root, run):
    size = ['--videos', 4, '--seconds', 16, '--size', '160x96']
    run('tools/data/make_demo_data.py', root / 'fs', *size)
    return root / 'fs'


@pytest.fixture(scope='module')
def vipe(root, data, run):
    """Embeddings of a teacher trained for one epoch."""
    poses = data / 'pose3d' / 'people3d'
    run(
        *('tools/train.py', VIPE, '--work-dir', root / 'vipe', '--cfg-options'),
        *('train_cfg.max_epochs=1', 'model.backbone.hidden_channels=64'),
        *(f'{split}_dataloader.dataset.data_root={poses}' for split in ('train', 'val')),
        *('train_dataloader.dataset.samples_per_epoch=400', 'param_scheduler.0.T_max=1'),
    )
    out = data / 'embeddings' / 'vipe'
    run(
        *('tools/embed.py', VIPE, root / 'vipe' / 'epoch_1.pth', '--input', data / 'pose'),
        *('--out', out, '--work-dir', root / 'embed'),
        *('--cfg-options', 'model.backbone.hidden_channels=64'),
    )
    return out


@pytest.fixture(scope='module')
def crops(data, run):
    out = data / 'crops'
    run(
        *('tools/data/extract_crops.py', data / 'videos', data / 'pose', out),
        *('--flow', 'dis', '--dim', 64, '--no-prev'),
    )
    return out


@pytest.fixture(scope='module')
def student_options(data, crops, vipe):
    return [
        *('train_cfg.max_iters=4', 'train_cfg.val_interval=2', 'param_scheduler.0.total_steps=4'),
        *('default_hooks.checkpoint.interval=2', 'train_dataloader.batch_size=8'),
        *('train_dataloader.num_workers=0', 'train_dataloader.persistent_workers=False'),
        *('val_dataloader.num_workers=0', 'val_dataloader.persistent_workers=False'),
        *('val_dataloader.dataset.max_frames=16', 'test_dataloader.num_workers=0'),
        f'test_dataloader.dataset.crop_dir={crops}',
        *(
            f'{split}_dataloader.dataset.{key}={value}'
            for split in ('train', 'val')
            for key, value in (
                ('crop_dir', crops),
                ('embedding_dir', vipe),
                ('sport.data_root', data),
            )
        ),
        *(f'{split}_dataloader.dataset.pipeline.0.size=64' for split in ('train', 'val', 'test')),
    ]


@pytest.fixture(scope='module')
def vpd(root, data, student_options, run):
    """Embeddings of a student trained for four steps."""
    options = ['--cfg-options', *student_options]
    run('tools/train.py', VPD, '--work-dir', root / 'vpd', *options)
    out = data / 'embeddings' / 'vpd'
    run(
        *('tools/embed.py', VPD, root / 'vpd' / 'iter_4.pth', '--out', out),
        *('--work-dir', root / 'embed', *options),
    )
    return out


def test_teacher_embeds_every_pose(data, vipe):
    for path in vipe.glob('*.emb.pkl'):
        poses = read_poses(data / 'pose' / path.name.removesuffix('.emb.pkl'))
        embeddings = read_embeddings(path)
        np.testing.assert_array_equal(embeddings.frame, np.unique(poses.frame))
        assert embeddings.embedding.shape[1:] == (2, 32)
        assert embeddings.embedding.std(0).min() > 0
    assert len(list(vipe.glob('*.emb.pkl'))) == 4


def test_student_embeds_every_crop(crops, vpd):
    for path in vpd.glob('*.emb.pkl'):
        embeddings = read_embeddings(path)
        frames = list_crop_frames(crops / path.name.removesuffix('.emb.pkl'))
        np.testing.assert_array_equal(embeddings.frame, frames)
        assert embeddings.embedding.shape[1:] == (2, 32)
        assert np.isfinite(embeddings.embedding).all()
    assert len(list(vpd.glob('*.emb.pkl'))) == 4


def test_checkpoints_are_plain(root, vpd):
    checkpoint = torch.load(root / 'vpd' / 'iter_4.pth', weights_only=True)
    assert set(checkpoint) >= {'state_dict', 'optimizer', 'message_hub', 'meta'}


def test_what_is_embedded_is_left_alone(root, vipe, run):
    before = {path: path.stat().st_mtime_ns for path in vipe.iterdir()}
    output = run(
        *('tools/embed.py', VIPE, root / 'vipe' / 'epoch_1.pth', '--out', vipe),
        *('--input', vipe.parents[1] / 'pose', '--work-dir', root / 'embed'),
        *('--cfg-options', 'model.backbone.hidden_channels=64'),
    )
    assert 'every video is embedded already' in output
    assert {path: path.stat().st_mtime_ns for path in vipe.iterdir()} == before


def test_two_processes_train_and_embed(root, student_options, vpd, run):
    options = ['--cfg-options', *student_options]
    checkpoint, out = root / 'vpd' / 'iter_4.pth', root / 'embedded_by_two'
    output = run('tools/dist_train.sh', VPD, 2, '--work-dir', root / 'two', *options)
    assert 'Saving checkpoint at 4 iterations' in output
    options.append(f'test_evaluator.out_dir={out}')
    run('tools/dist_test.sh', VPD, checkpoint, 2, '--work-dir', root / 'two', *options)
    for path in vpd.glob('*.emb.pkl'):
        one, two = read_embeddings(path), read_embeddings(out / path.name)
        np.testing.assert_array_equal(one.frame, two.frame)
        np.testing.assert_allclose(one.embedding, two.embedding, atol=0.05)


def test_few_shot_recognition_compares_teacher_and_student(root, data, vipe, vpd, run):
    output = run(
        *('tools/few_shot.py', 'configs/demo/bigru_fs_demo.py', '--data-root', data),
        *('--embeddings', vipe, vpd, '--shots', 'full', '--trials', 1),
        *('--work-dir', root / 'few_shot', '--cfg-options', 'train_cfg.max_epochs=4'),
    )
    assert 'vipe' in output and 'vpd' in output
    tables = list((root / 'few_shot').glob('*.csv'))
    rows = [row for path in tables for row in csv.reader(path.open())]
    assert any('full' in row for row in rows)


def test_recogniser_is_trained_and_tested_by_its_config(root, data, vipe, run):
    places = {'embedding_dir': vipe, 'sport.data_root': data}
    options = [
        f'{split}_dataloader.dataset.{key}={value}'
        for split in ('train', 'val', 'test')
        for key, value in places.items()
    ]
    options += ['train_cfg.max_epochs=4', 'model.backbone.hidden_channels=16']
    common = ['--work-dir', root / 'bigru', '--cfg-options', *options]
    common.append('model.cls_head.in_channels=32')
    run('tools/train.py', 'configs/demo/bigru_fs_demo.py', *common)
    (checkpoint,) = (root / 'bigru').glob('best_acc_top1_*.pth')
    predictions = root / 'predictions.pkl'
    output = run(
        *('tools/test.py', 'configs/demo/bigru_fs_demo.py', checkpoint),
        *('--dump', predictions, *common),
    )
    assert 'acc/top1' in output
    assert predictions.stat().st_size > 0


def test_pictures(root, data, crops, vipe, vpd, run):
    run('tools/analysis/plot_crops.py', data, '--out', root / 'crops.png')
    run('tools/analysis/plot_road.py', data, vipe, vpd, '--out', root / 'road.png')
    run('tools/analysis/plot_loss.py', root / 'vipe', root / 'vpd', '--out', root / 'loss.png')
    for name in ('crops', 'road', 'loss'):
        assert (root / f'{name}.png').stat().st_size > 1000


@pytest.mark.parametrize(
    ('command', 'sentence'),
    [
        (['tools/train.py', 'configs/none.py'], 'there is no such config file'),
        (['tools/train.py', 'configs/vpd/vpd_r18_motion_fs.py'], 'make demo'),
        (['tools/embed.py', VIPE, 'none.pth', '--out', 'none'], 'there is no such checkpoint'),
    ],
)
def test_missing_files_end_in_one_sentence(command, sentence, tmp_path, run):
    options = []
    if 'vpd_r18_motion_fs.py' in command[-1]:
        options = ['--work-dir', tmp_path, '--cfg-options']
        options.append(f'train_dataloader.dataset.crop_dir={tmp_path}/none')
    output = run(*command, *options, fails=True)
    assert 'Traceback' not in output
    assert output.strip().splitlines()[-1].startswith('error: ')
    assert sentence in output.strip().splitlines()[-1]
