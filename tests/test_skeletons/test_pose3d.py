"""What body-centred poses do not depend on, for every joint set that faces somewhere."""

import numpy as np
import pytest

from vpd_mm.skeletons import (
    SKELETONS,
    decode_offsets,
    encode_joints,
    flip_offsets,
    offsets_from_features,
    offsets_to_coco17,
    pose3d_features,
    project,
    random_cameras,
)

FACING = [name for name, skeleton in SKELETONS.items() if skeleton.torso]


def standing(skeleton, rng):
    """A person who stands upright and faces y, a little disturbed."""
    side = np.zeros(len(skeleton.joints))
    sign = -1 if skeleton.name == 'amass' else 1
    for left, right in skeleton.left_right:
        side[left], side[right] = -0.2 * sign, 0.2 * sign
    height = np.zeros(len(skeleton.joints))
    height[skeleton.index(*skeleton.torso, skeleton.neck)] = 0.3
    height[skeleton.index(*skeleton.shoulders, skeleton.neck)] = 0.6
    height[skeleton.joints.index(skeleton.root)] = 0
    joints = np.stack([side, np.zeros_like(side), height], -1)
    return joints + rng.normal(0, 0.01, (6, *joints.shape))


def turned(joints, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return joints @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


@pytest.mark.parametrize('name', FACING)
def test_turning_and_moving_change_no_offsets(name):
    skeleton = SKELETONS[name]
    joints = standing(skeleton, np.random.default_rng(0))
    here, there = encode_joints(joints, skeleton), encode_joints(turned(joints, 50) + 3, skeleton)
    np.testing.assert_allclose(here.offsets, there.offsets, atol=1e-9)
    np.testing.assert_allclose((there.angle - here.angle) % 360, 50, atol=1e-6)
    np.testing.assert_allclose(there.root - turned(here.root, 50), 3, atol=1e-9)


@pytest.mark.parametrize('name', FACING)
def test_a_person_facing_y_has_the_left_at_positive_x(name):
    skeleton = SKELETONS[name]
    sequence = encode_joints(standing(skeleton, np.random.default_rng(0)), skeleton)
    joints = decode_offsets(sequence.offsets, skeleton)
    left = joints[:, skeleton.index(skeleton.shoulders[0])]
    right = joints[:, skeleton.index(skeleton.shoulders[1])]
    assert (left[..., 0] > right[..., 0]).all()


@pytest.mark.parametrize('name', FACING)
def test_features_of_bones_without_length_are_finite(name):
    skeleton = SKELETONS[name]
    offsets = np.zeros((2, len(skeleton.bones), 3), np.float32)
    features = pose3d_features(offsets, skeleton)
    assert features.dtype == np.float32
    assert features.shape == (2, len(skeleton.bones), 7)
    assert np.isfinite(features).all()


@pytest.mark.parametrize('name', FACING)
def test_joint_order_permutes_the_root_directions_alone(name):
    skeleton = SKELETONS[name]
    offsets = np.random.default_rng(0).normal(size=(4, len(skeleton.bones), 3))
    features = pose3d_features(offsets, skeleton)
    reordered = pose3d_features(offsets, skeleton, joint_order=True)
    np.testing.assert_array_equal(reordered[..., :4], features[..., :4])
    order = np.argsort(skeleton.bones)
    np.testing.assert_allclose(reordered[..., 4:], features[:, order, 4:])
    published = ('people3d', 'nba2k', 'amass')
    assert (order == np.arange(len(order))).all() or name not in published


def test_features_and_lengths_give_the_offsets_back():
    skeleton = SKELETONS['nba2k']
    offsets = np.random.default_rng(0).normal(size=(4, len(skeleton.bones), 3))
    offsets[0, 2] = 0
    features = 2 * pose3d_features(offsets, skeleton)
    lengths = np.linalg.norm(offsets, axis=-1)
    np.testing.assert_allclose(offsets_from_features(features, lengths), offsets, atol=1e-12)


def test_a_mirrored_body_is_seen_mirrored():
    skeleton = SKELETONS['human36m']
    rng = np.random.default_rng(0)
    offsets = rng.normal(size=(3, len(skeleton.bones), 3))
    scores = np.ones((3, 17))
    front = np.zeros((3, 3))
    seen = project(offsets_to_coco17(offsets, skeleton), front, scores)
    mirrored = project(offsets_to_coco17(flip_offsets(offsets, skeleton), skeleton), front, scores)
    expected = seen[:, SKELETONS['coco17'].mirror_joints] * [-1, 1, 1]
    np.testing.assert_allclose(mirrored, expected)


def test_random_cameras_keep_their_limits():
    angles, scores = random_cameras(np.random.default_rng(0), 5000)
    np.testing.assert_allclose(np.abs(angles).max(0), [np.pi, np.pi / 6, np.pi / 6], rtol=0.01)
    assert (scores[:, 1:5] == 0).all()
    rest = np.delete(scores, range(1, 5), 1)
    assert 0.5 <= rest.min() < 0.51 < 0.99 < rest.max() <= 1
