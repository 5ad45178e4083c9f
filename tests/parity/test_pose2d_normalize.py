"""2D pose normalisation against the reference."""

import numpy as np
import pytest

from vpd_mm.skeletons import normalize_pose2d


@pytest.mark.parametrize('flip', [0, 1])
@pytest.mark.parametrize('bones', [0, 1])
@pytest.mark.parametrize('zero', [0, 1])
def test_float32(golden, flip, bones, zero):
    data = golden('01_pose2d_normalize')
    pose = normalize_pose2d(data['in_kp'], bool(flip), bool(bones), bool(zero))
    assert pose.dtype == np.float32
    np.testing.assert_allclose(
        pose, data[f'out_flip{flip}_bones{bones}_zero{zero}'], rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize('flip', [0, 1])
def test_float64(golden, flip):
    data = golden('01_pose2d_normalize')
    pose = normalize_pose2d(data['in_kp64'], bool(flip))
    np.testing.assert_allclose(pose, data[f'out_np64_flip{flip}'], rtol=1e-9, atol=1e-9)


def test_flip_per_pose(golden):
    data = golden('01_pose2d_normalize')
    flip = np.arange(len(data['in_kp'])) % 2 == 1
    pose = normalize_pose2d(data['in_kp'], flip)
    expected = np.where(
        flip[:, None, None], data['out_flip1_bones0_zero0'], data['out_flip0_bones0_zero0']
    )
    np.testing.assert_allclose(pose, expected, rtol=1e-5, atol=1e-5)
