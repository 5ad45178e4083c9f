"""Every joint set is consistent in itself."""

import numpy as np
import pytest

from vpd_mm.skeletons import SKELETONS, decode_offsets, flip_offsets, joint_offsets


@pytest.fixture(params=SKELETONS)
def skeleton(request):
    return SKELETONS[request.param]


def test_names():
    assert set(SKELETONS) >= {
        *('coco17', 'people3d', 'human36m', 'nba2k', 'amass', 'kinect20', 'bandai27')
    }
    assert all(skeleton.name == name for name, skeleton in SKELETONS.items())
    sizes = {name: len(skeleton.joints) for name, skeleton in SKELETONS.items()}
    assert (sizes['coco17'], sizes['kinect20'], sizes['bandai27']) == (17, 20, 27)


def test_one_root_reaches_all(skeleton):
    assert skeleton.parents.count(-1) == 1
    root = skeleton.joints.index(skeleton.root)
    for joint in range(len(skeleton.joints)):
        steps = 0
        while joint != root:
            joint, steps = skeleton.parents[joint], steps + 1
            assert steps < len(skeleton.joints)


def test_sides(skeleton):
    middle = {i for i, j in enumerate(skeleton.mirror_joints) if i == j}
    assert len(middle) + 2 * len(skeleton.left_right) == len(skeleton.joints)
    np.testing.assert_array_equal(
        skeleton.mirror_joints[skeleton.mirror_joints], np.arange(len(skeleton.joints))
    )
    for left, right in skeleton.left_right:
        parents = skeleton.parents[left], skeleton.parents[right]
        # COCO hangs both shoulders on the nose, others on the spine
        assert parents[0] == parents[1] or skeleton.mirror_joints[parents[0]] == parents[1]


def test_coco17_map(skeleton):
    np.testing.assert_allclose(skeleton.coco17_weights.sum(1), 1)
    mirror = SKELETONS['coco17'].mirror_joints
    if skeleton.name != 'people3d':  # whose ears stand for the eyes
        assert np.allclose(
            skeleton.coco17_weights[mirror][:, skeleton.mirror_joints], skeleton.coco17_weights
        )


def test_offsets_there_and_back(skeleton):
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(4, len(skeleton.joints), 3))
    decoded = decode_offsets(joint_offsets(joints, skeleton), skeleton)
    rows = list(skeleton.bones)
    root = joints[:, [skeleton.joints.index(skeleton.root)]]
    reachable = [i for i in rows if skeleton.parents[i] in rows or skeleton.parents[i] == -1]
    np.testing.assert_allclose(decoded[:, reachable], (joints - root)[:, reachable])


def test_flip_is_an_involution(skeleton):
    offsets = np.random.default_rng(0).normal(size=(3, len(skeleton.bones), 3))
    twice = flip_offsets(flip_offsets(offsets, skeleton), skeleton)
    np.testing.assert_array_equal(twice, offsets)
    assert not np.allclose(flip_offsets(offsets, skeleton), offsets)


def test_boneless_joints_lie_on_their_parents():
    skeleton = SKELETONS['bandai27']
    offsets = np.random.default_rng(0).normal(size=(2, len(skeleton.bones), 3))
    joints = decode_offsets(offsets, skeleton)
    end, head = skeleton.index('Head_end', 'Head')
    np.testing.assert_array_equal(joints[:, end], joints[:, head])
