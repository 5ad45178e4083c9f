"""Poses rebuilt from what a lifting head predicts, and their picture."""

import cv2
import numpy as np
import pytest

from vpd_mm.skeletons import SKELETONS, offsets_to_coco17, pose3d_features, project
from vpd_mm.visualization.pose_lifting import (
    LEFT,
    MIDDLE,
    RIGHT,
    bone_colors,
    compare_lifted,
    plot_lifted_poses,
)

NAMES = [name for name in SKELETONS if name != 'coco17']


def random_poses(name, count=3):
    skeleton = SKELETONS[name]
    offsets = np.random.default_rng(0).normal(size=(count, len(skeleton.bones), 3))
    seen = project(offsets_to_coco17(offsets, skeleton), np.zeros((count, 3)), np.ones((count, 17)))
    return skeleton, seen, offsets


@pytest.mark.parametrize('name', NAMES)
def test_perfect_features_give_the_truth(name):
    skeleton, seen, offsets = random_poses(name)
    poses = compare_lifted(name, skeleton, seen, offsets, pose3d_features(offsets, skeleton))
    np.testing.assert_allclose(poses.lifted, poses.true, atol=1e-9)
    np.testing.assert_allclose(poses.error, 0, atol=1e-4)


def test_a_bone_at_a_right_angle_moves_what_hangs_on_it():
    skeleton, seen, offsets = random_poses('human36m')
    row = skeleton.bones.index(skeleton.joints.index('left_leg'))
    features = pose3d_features(offsets, skeleton)
    features[:, row, :3] = np.cross(features[:, row, :3], np.ones(3))
    poses = compare_lifted('human36m', skeleton, seen, offsets, features)
    np.testing.assert_allclose(poses.error, 90 / len(skeleton.bones), atol=1e-4)
    moved = np.abs(poses.lifted - poses.true).max((0, 2)) > 1e-9
    names = {skeleton.joints[joint] for joint in np.flatnonzero(moved)}
    assert names == {'left_leg', 'left_foot', 'left_toe_base'}


def test_colours_tell_the_sides():
    skeleton = SKELETONS['human36m']
    colors = {
        skeleton.joints[joint]: color
        for joint, color in zip(skeleton.bones, bone_colors(skeleton), strict=True)
    }
    assert colors['left_hand'] == LEFT
    assert colors['right_up_leg'] == RIGHT
    assert colors['neck'] == MIDDLE


def test_picture_has_a_band_of_every_set(tmp_path):
    sets = []
    for name, count in (('human36m', 2), ('amass', 1)):
        skeleton, seen, offsets = random_poses(name, count)
        features = pose3d_features(offsets, skeleton)
        sets.append(compare_lifted(name, skeleton, seen, offsets, features))
        plot_lifted_poses(sets, tmp_path / 'out' / f'{len(sets)}.png')
    one, two = (cv2.imread(str(tmp_path / 'out' / f'{number}.png')) for number in (1, 2))
    assert two.shape[0] > 1.8 * one.shape[0]
    assert two[len(one) + 40 :].std() > 0
