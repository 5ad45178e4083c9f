"""Which sets are lifted, and from which views."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from torch import nn

from vpd_mm.apis.pose_lifting import lift_poses, lifted_sets, load_teacher
from vpd_mm.formats import PoseViews, Sequence3D, write_pose_views, write_poses3d
from vpd_mm.registry import MODELS
from vpd_mm.skeletons import SKELETONS, pose3d_features

CONFIG = """
default_scope = 'vpd_mm'
custom_imports = dict(imports=['vpd_mm.registry'])
model = dict(
    type='VIPEEmbedder',
    backbone=dict(type='ResidualMLP', out_channels=4, hidden_channels=8),
    head=dict(
        type='PoseLiftingHead',
        num_bones=dict(amass=21, human36m=20),
        embedding_dim=4,
        hidden_channels=8,
    ),
)
human36m = dict(type='MultiViewPoseDataset', data_root='{root}/human36m', skeleton='human36m')
amass = dict(type='MultiViewPoseDataset', data_root='{root}/amass', skeleton='amass')
train_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        datasets=[
            dict(samples_per_epoch=10, val_people=['b'], **human36m),
            dict(samples_per_epoch=10, **amass),
        ],
    )
)
val_dataloader = dict(
    dataset=dict(split='val', samples_per_epoch=10, val_people=['b'], **human36m)
)
"""


@pytest.fixture
def config(tmp_path):
    """A config of two sets, one with a validation split and 2D views, and its checkpoint."""
    rng = np.random.default_rng(0)
    for name in ('human36m', 'amass'):
        bones = len(SKELETONS[name].bones)
        sequences = {
            (person, 'walk'): Sequence3D(
                np.zeros((9, 3)), np.zeros(9), rng.normal(size=(9, bones, 3))
            )
            for person in 'ab'
        }
        write_poses3d(tmp_path / name, sequences)
    views = PoseViews(
        np.arange(4, 7), np.array(['c1'] * 3), rng.normal(100, 20, (3, 17, 3)).astype(np.float32)
    )
    write_pose_views(tmp_path / 'human36m', 'multi_camera', {('b', 'walk'): views})
    path = tmp_path / 'config.py'
    path.write_text(CONFIG.replace('{root}', str(tmp_path)))
    model = MODELS.build(Config.fromfile(path).model)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'teacher.pth')
    return path


def test_validation_splits_are_preferred(config, tmp_path):
    cfg = Config.fromfile(config)
    sets = lifted_sets(cfg, load_teacher(cfg, tmp_path / 'teacher.pth'))
    assert [(part.set_name, part.split) for part in sets] == [
        ('amass', 'train'),
        ('human36m', 'val'),
    ]


class KnowingHead(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.features = features

    def forward(self, embedding, name):
        return torch.from_numpy(self.features)


def test_poses_spread_over_the_set_and_are_seen_as_recorded(config, tmp_path):
    cfg = Config.fromfile(config)
    model = load_teacher(cfg, tmp_path / 'teacher.pth')
    amass, human36m = lifted_sets(cfg, model)
    offsets = amass.poses.offsets[[3, 9, 15]]
    model.head = KnowingHead(pose3d_features(offsets, amass.poses.skeleton))
    poses = lift_poses(model, amass, 3)
    np.testing.assert_allclose(poses.lifted, poses.true, atol=1e-5)
    assert poses.title == 'amass (training split)'

    offsets = human36m.poses.offsets[4:7]
    model.head = KnowingHead(pose3d_features(offsets, human36m.poses.skeleton))
    poses = lift_poses(model, human36m, 3)
    np.testing.assert_allclose(poses.lifted, poses.true, atol=1e-5)
    np.testing.assert_array_equal(poses.seen, human36m.poses.keypoints)


def test_what_does_not_fit_together(config, tmp_path):
    cfg = Config.fromfile(config)
    with pytest.raises(FileNotFoundError, match='no such checkpoint'):
        load_teacher(cfg, tmp_path / 'none.pth')
    cfg.model.head.num_bones = dict(nba2k=24)
    with pytest.raises(ValueError, match=r'teacher\.pth: its weights do not fit .*amass'):
        load_teacher(cfg, tmp_path / 'teacher.pth')
    with pytest.raises(ValueError, match='can lift nba2k and the config has human36m, amass'):
        lifted_sets(cfg, MODELS.build(cfg.model))
    with pytest.raises(ValueError, match='the config has a Pose2DEmbedder'):
        load_teacher(Config(dict(model=dict(type='Pose2DEmbedder'))), tmp_path / 'teacher.pth')
    cfg.model.head = None
    with pytest.raises(ValueError, match='can lift no set'):
        lifted_sets(cfg, MODELS.build(cfg.model))


def test_command_writes_the_picture(config, repository, tmp_path):
    script = repository / 'tools' / 'analysis' / 'plot_pose_lifting.py'
    arguments = [config, tmp_path / 'teacher.pth', '--out', tmp_path / 'lifting.png', '--poses', 2]
    result = subprocess.run(
        [sys.executable, *map(str, [script, *arguments])], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert cv2.imread(str(tmp_path / 'lifting.png')).std() > 0
