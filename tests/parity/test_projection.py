"""Random projections against the reference."""

import numpy as np
import pytest

from vpd_mm.skeletons import SKELETONS, offsets_to_coco17, project
from vpd_mm.skeletons.projection import UNSEEN


@pytest.fixture(scope='module')
def data(golden):
    return dict(golden('03_projection'))


@pytest.fixture(scope='module')
def scores(data):
    scores = data['in_conf'].copy()
    scores[:, UNSEEN] = 0
    return scores


@pytest.mark.parametrize('elevation', [0, 1])
@pytest.mark.parametrize('roll', [0, 1])
def test_rotations(data, scores, elevation, roll):
    angles = data['in_angles'] * [1, elevation, roll]
    expected = data[f'out_elev{elevation}_roll{roll}']
    np.testing.assert_allclose(
        project(data['in_xyz'], angles, scores), expected, rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize('name', ['people3d', 'human36m', 'nba2k', 'amass'])
def test_skeletons(data, scores, name):
    joints = offsets_to_coco17(data[f'in_{name}_offsets'], SKELETONS[name])
    pose = project(joints, data['in_angles'][:10], scores[:10])
    np.testing.assert_allclose(pose, data[f'out_{name}_pose2d'], rtol=1e-6, atol=1e-6)
