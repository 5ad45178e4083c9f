import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from vpd_mm.apis.skeleton_export import export_skeletons, skeleton_annotation
from vpd_mm.datasets.sports import CustomSport
from vpd_mm.formats import Action, Actions, Poses, VideoMeta, write_actions, write_poses
from vpd_mm.registry import DATASETS, MODELS

META = VideoMeta(25.0, 40, 320, 240)
PIPELINE = [
    dict(type='PreNormalize2D'),
    dict(type='GenSkeFeat', dataset='coco', feats=['j']),
    dict(type='UniformSampleFrames', clip_len=16),
    dict(type='PoseDecode'),
    dict(type='FormatGCNInput', num_person=1),
    dict(type='PackActionInputs'),
]


def make_poses(frames, seed=0):
    rng = np.random.default_rng(seed)
    frames = np.asarray(frames)
    keypoints = rng.uniform(20, 200, (len(frames), 17, 3)).astype(np.float32)
    keypoints[..., 2] = 0.5
    score = rng.uniform(0.1, 1, len(frames)).astype(np.float32)
    return Poses(frames, score, np.tile(np.float32([0, 0, 50, 90]), (len(frames), 1)), keypoints)


@pytest.fixture
def sport(tmp_path):
    actions = [Action(f'{v}:5:30', v, 5, 30, 'ab'[n % 2]) for n, v in enumerate('wxyz')]
    content = Actions(
        ['a', 'b'],
        dict.fromkeys('wxyz', META),
        actions,
        dict(train=[a.id for a in actions[:3]], test=[actions[3].id]),
    )
    write_actions(tmp_path / 'actions.json', content)
    for number, video in enumerate('wxy'):
        write_poses(tmp_path / 'pose' / video, make_poses(range(3, 33), number))
    return CustomSport(tmp_path)


def test_annotation():
    poses = make_poses([4, 6, 6, 9, 45])
    poses.score[:] = [0.9, 0.2, 0.8, 0.5, 0.9]
    made = skeleton_annotation(Action('x', 'v', 5, 50, 'b'), 1, poses, META)
    assert (made['frame_dir'], made['label'], made['img_shape']) == ('x', 1, (240, 320))
    assert made['total_frames'] == 35 and made['keypoint'].shape == (1, 35, 17, 2)
    np.testing.assert_array_equal(made['keypoint'][0, 1], poses.keypoints[2, :, :2])
    np.testing.assert_array_equal(made['keypoint_score'][0, 4], poses.keypoints[3, :, 2])
    assert np.flatnonzero(made['keypoint'][0].any((1, 2))).tolist() == [1, 4]
    assert skeleton_annotation(Action('x', 'v', 10, 20, 'b'), 1, poses, META) is None


def test_mmaction_trains_on_the_export(sport, tmp_path):
    counts, left_out = export_skeletons(sport, ['train', 'test'], tmp_path / 'out.pkl')
    assert counts == dict(train=3, test=0) and left_out == ['z:5:30']
    cfg = Config(
        dict(
            type='RecognizerGCN',
            backbone=dict(
                type='STGCN',
                gcn_adaptive='init',
                gcn_with_res=True,
                tcn_type='mstcn',
                graph_cfg=dict(layout='coco', mode='spatial'),
            ),
            cls_head=dict(type='GCNHead', num_classes=2, in_channels=256),
        )
    )
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        data = DATASETS.build(
            dict(
                type='PoseDataset',
                ann_file=str(tmp_path / 'out.pkl'),
                pipeline=PIPELINE,
                split='train',
            )
        )
        model = MODELS.build(cfg.to_dict())
    assert [data[n]['data_samples'].gt_label.item() for n in range(3)] == [0, 1, 0]
    batch = dict(
        inputs=torch.stack([data[n]['inputs'].float() for n in range(3)]),
        data_samples=[data[n]['data_samples'] for n in range(3)],
    )
    assert batch['inputs'].shape == (3, 1, 1, 16, 17, 3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(2):
        loss = model(**batch, mode='loss')['loss_cls']
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.isfinite(losses).all() and losses[0] != losses[1]


def test_no_poses(sport, tmp_path):
    with pytest.raises(FileNotFoundError, match='none of the 1 actions has poses'):
        export_skeletons(sport, ['test'], tmp_path / 'out.pkl')
    assert not (tmp_path / 'out.pkl').exists()
