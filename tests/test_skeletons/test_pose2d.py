"""What normalised poses do not depend on."""

import numpy as np
import pytest

from vpd_mm.skeletons import flip_keypoints, invert_keypoints, normalize_pose2d


@pytest.fixture
def keypoints():
    return np.random.default_rng(0).uniform(0.1, 1, (5, 17, 3)).astype(np.float32) * [200, 300, 1]


def test_place_and_size_do_not_matter(keypoints):
    moved = keypoints * [3, 3, 1] + [50, -20, 0]
    np.testing.assert_allclose(normalize_pose2d(moved), normalize_pose2d(keypoints), atol=1e-6)


def test_torso_of_no_size_is_finite(keypoints):
    keypoints[0, :, :2] = 7
    assert np.isfinite(normalize_pose2d(keypoints)).all()


def test_input_is_left_alone(keypoints):
    before = keypoints.copy()
    normalize_pose2d(keypoints, flip=True, bones=True)
    invert_keypoints(keypoints)
    np.testing.assert_array_equal(keypoints, before)


def test_flip_twice_and_invert_twice(keypoints):
    np.testing.assert_array_equal(flip_keypoints(flip_keypoints(keypoints)), keypoints)
    np.testing.assert_array_equal(invert_keypoints(invert_keypoints(keypoints)), keypoints)


def test_no_poses():
    assert normalize_pose2d(np.zeros((0, 17, 3), np.float32), bones=True).shape == (0, 25, 3)
    assert normalize_pose2d(np.zeros((0, 17, 3), np.float32), flip=True).shape == (0, 13, 3)
