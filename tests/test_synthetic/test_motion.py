"""The skater: contact with the ice, rigid limbs, jumps that fly, routines within the rink."""

import numpy as np
import pytest

from vpd_mm.skeletons import SKELETONS
from vpd_mm.synthetic.body import DOFS, JOINTS, Build, forward_kinematics, rest_pose
from vpd_mm.synthetic.choreography import choreograph
from vpd_mm.synthetic.motion import RATE, pchip, perform
from vpd_mm.synthetic.moves import EDGE_FOOT, JUMPS, Skater
from vpd_mm.synthetic.poses import LANDED, mirror


@pytest.fixture(scope='module')
def routine():
    return choreograph(np.random.default_rng(3), list(JUMPS), 26.0)


@pytest.fixture(scope='module')
def movement(routine):
    return perform(routine.timeline, Build(), routine.seconds, routine.start, routine.heading)


def test_joints_are_those_of_people3d():
    assert tuple(SKELETONS['people3d'].joints) == JOINTS


def test_hanging_body_is_the_rest_pose():
    joints, _ = forward_kinematics(Build(), np.zeros((1, len(DOFS))), np.eye(3)[None])
    assert joints[0, JOINTS.index('left_foot'), 2] < joints[0, JOINTS.index('left_leg'), 2]
    assert joints[0, JOINTS.index('left_foot'), 0] < 0 < joints[0, JOINTS.index('right_foot'), 0]


def test_mirroring_twice_changes_nothing():
    np.testing.assert_array_equal(mirror(mirror(LANDED)), LANDED)


def test_interpolation_meets_keys_without_overshoot():
    time, values = np.array([0, 1, 1.5, 3.0]), np.array([[0.0], [2.0], [2.0], [1.0]])
    curve = pchip(time, values, np.linspace(0, 3, 301))
    np.testing.assert_allclose(pchip(time, values, time), values)
    assert curve.min() >= 0 and curve.max() <= 2


def test_a_blade_touches_the_ice_unless_in_the_air(movement):
    low = movement.blades[..., 2].min(axis=(1, 2))
    assert low.min() > -1e-6
    assert low[~movement.airborne].max() <= 0.0101
    assert 0.05 < movement.airborne.mean() < 0.35


def test_bones_keep_their_length(movement):
    parents = {name: parent for name, parent, _ in rest_pose(Build())}
    for i, name in enumerate(JOINTS):
        if parents[name]:
            bone = movement.joints[:, i] - movement.joints[:, JOINTS.index(parents[name])]
            assert np.ptp(np.linalg.norm(bone, axis=1)) < 1e-9


def test_no_joint_pops(movement):
    inside = movement.joints - movement.joints[:, :1]
    speed = np.linalg.norm(np.diff(inside, axis=0), axis=-1) * RATE
    assert speed.max() < 25


def test_labels_hold_their_flight_and_do_not_overlap(routine):
    assert sorted(label.kind for label in routine.labels) == sorted(JUMPS)
    end = 0
    for label in routine.labels:
        assert end <= label.start < label.takeoff < label.landing < label.end
        assert label.end <= 25 * routine.seconds
        end = label.end


def test_skater_stays_on_the_rink(movement):
    assert (np.abs(movement.joints[:, 0, :2]) < [30, 15]).all()


@pytest.mark.parametrize('kind', JUMPS)
def test_take_off_edge_and_turns_of_each_jump(kind):
    skater = Skater(np.random.default_rng(0), variation=0.3)
    line = skater.begin()
    prepared, takeoff, landing = skater.jump(line, kind, 2)
    keys = np.array(line.channel)
    ready = line.time.index(prepared)
    left, right, curve = keys[ready, 3], keys[ready, 4], keys[ready, 1]
    assert (left > right) == (EDGE_FOOT[kind] == 'L')
    assert (curve < 0) == (kind == 'lutz')
    facing = keys[ready, 2] % 360
    assert facing == pytest.approx(0 if kind == 'axel' else 180, abs=1e-6)
    turned = keys[-1, 2] - keys[ready, 2]
    assert turned == pytest.approx(900 if kind == 'axel' else 720, abs=10)
    assert keys[-1, 4] == 1 and 0.4 < landing - takeoff < 0.8
