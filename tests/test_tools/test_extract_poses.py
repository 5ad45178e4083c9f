"""tools/data/extract_poses.py with tiny models of random weights, called as a user calls it."""

import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.formats import read_boxes, read_masks, read_meta, read_poses, write_video

MODELS = (
    ('mmpose', 'pose', 'body_2d_keypoint/rtmpose/coco/rtmpose-t_8xb256-420e_aic-coco-256x192.py'),
    ('mmdet', 'people', 'rtmdet/rtmdet-ins_tiny_8xb32-300e_coco.py'),
)


@pytest.fixture
def call(repository):
    def run(*arguments):
        command = [sys.executable, 'tools/data/extract_poses.py', *map(str, arguments)]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
        assert 'Traceback' not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture(scope='module')
def models(tmp_path_factory):
    """Options that name configs and random weights of a pose model and a segmenter."""
    pytest.importorskip('mmpose')
    pytest.importorskip('trackers')
    import torch
    from mmengine.config import Config
    from mmengine.registry import DefaultScope
    from mmengine.utils import get_installed_path

    from vpd_mm.compat_pose import prepare_for_mmpose

    prepare_for_mmpose()
    import mmdet.models
    import mmpose.models

    folder = tmp_path_factory.mktemp('models')
    registries = dict(mmpose=mmpose.registry.MODELS, mmdet=mmdet.registry.MODELS)
    for package, name, config in MODELS:
        cfg = Config.fromfile(f'{get_installed_path(package)}/.mim/configs/{config}')
        cfg.model.backbone.init_cfg = None
        if name == 'people':  # everything that random weights find is a person
            cfg.model.bbox_head.num_classes = 1
            cfg.model.test_cfg.update(score_thr=0, nms_pre=20, max_per_img=3)
        cfg.dump(folder / f'{name}.py')
        torch.manual_seed(0)
        with DefaultScope.overwrite_default_scope(package):
            state = registries[package].build(cfg.model).state_dict()
        for key, value in state.items():
            if 'rtm_reg' in key and key.endswith('bias'):
                value.fill_(3)  # boxes of some size
        meta = dict(dataset_meta=dict(classes=('person',))) if name == 'people' else {}
        torch.save(dict(meta=meta, state_dict=state), folder / f'{name}.pth')

    def options(option, name):
        checkpoint = '--checkpoint' if option == '--model' else f'{option}-checkpoint'
        return [option, folder / f'{name}.py', checkpoint, folder / f'{name}.pth']

    return options


@pytest.fixture
def videos(tmp_path):
    rng = np.random.default_rng(0)
    for name in 'ab':
        frames = rng.integers(0, 255, (4, 64, 48, 3), np.uint8)
        write_video(tmp_path / 'videos' / f'{name}.mp4', frames, 25)
    return tmp_path / 'videos'


def test_detection_poses_and_masks_then_boxes_alone(call, models, videos, tmp_path):
    (videos / 'a.mp4').write_bytes(b'no video')
    pose = models('--model', 'pose')
    done = call(
        videos,
        tmp_path / 'pose',
        *pose,
        *models('--detector', 'people'),
        *models('--masks', 'people'),
        '--min-score=0',
        '--max-people=2',
        '--device=cpu',
    )
    assert done.returncode == 1
    assert f'error: a: {videos}/a.mp4: cannot be opened as a video' in done.stderr
    assert [path.name for path in (tmp_path / 'pose').iterdir()] == ['b']
    poses = read_poses(tmp_path / 'pose' / 'b')
    assert len(poses) and np.isfinite(poses.keypoints).all()
    assert read_meta(tmp_path / 'pose' / 'b').num_frames == 4
    assert len(read_masks(tmp_path / 'pose' / 'b'))

    boxes = read_boxes(tmp_path / 'pose' / 'b')
    given = ['--boxes', tmp_path / 'pose', '--videos', 'b', '--device=cpu']
    done = call(videos, tmp_path / 'again', *pose, *given)
    assert done.returncode == 0, done.stderr
    again = read_poses(tmp_path / 'again' / 'b')
    assert again.frame.tolist() == boxes.frame.tolist()
    first = poses.keypoints[np.unique(poses.frame, return_index=True)[1]]
    np.testing.assert_allclose(again.keypoints, first[: len(again)], atol=0.05)


def test_complete_pose_directories_are_left_alone(call, videos, tmp_path):
    for name in 'ab':
        (tmp_path / 'pose' / name).mkdir(parents=True)
        for file in ('boxes.json', 'coco_keypoints.json.gz', 'meta.json'):
            (tmp_path / 'pose' / name / file).write_text('complete')
    done = call(videos, tmp_path / 'pose', '--model', 'never built')
    assert done.returncode == 0, done.stderr
    done = call(videos, tmp_path / 'pose', '--videos', 'a', 'c')
    assert (done.returncode, 'error: c: has no video in' in done.stderr) == (1, True)


def test_what_cannot_be_is_one_sentence(call, models, videos, tmp_path):
    out = tmp_path / 'pose'
    _, config, *_ = models('--model', 'pose')
    done = call(videos, out, '--model', config)
    assert done.stderr.strip().endswith(
        'pose.py: a config file needs the weights that belong to it, too.'
    )
    done = call(videos, out, '--model', 'no-such-model')
    assert 'error: no-such-model: there is no such config file or model name.' in done.stderr
    done = call(videos, out, '--boxes', out, '--players')
    assert (done.returncode, 'need a detector' in done.stderr) == (2, True)
