"""3D pose geometry against the reference."""

import json

import numpy as np
import pytest

from vpd_mm.skeletons import (
    SKELETONS,
    bone_cosines,
    decode_offsets,
    encode_raw,
    flip_offsets,
    joint_offsets,
    offsets_from_features,
    pose3d_features,
    poses_differ,
    unit_offsets,
)

SETS = ('people3d', 'human36m', 'nba2k', 'amass')
TIGHT = {'rtol': 1e-9, 'atol': 1e-9}


@pytest.fixture(params=SETS)
def skeleton(request):
    return SKELETONS[request.param]


@pytest.fixture(scope='module')
def data(golden):
    return dict(golden('02_skeleton3d'))


def test_facts(skeleton, golden_dir):
    facts = json.loads((golden_dir / 'facts.json').read_text())['02_skeleton3d'][skeleton.name]
    names = skeleton.joints
    assert list(names) == facts['joint_order']
    assert skeleton.root == facts['root']
    assert [names[i] for i in skeleton.bones] == facts['offset_rows_child_joint']
    assert [names[i] for i in skeleton.bone_parents] == facts['offset_rows_parent_joint']
    assert list(skeleton.mirror_rows) == facts['xflip_rows']
    assert list(skeleton.extremity_rows) == facts['extremity_rows']
    rows, against = skeleton.cosine_pairs
    expected = facts['cossim_row_compared_with_row']
    assert dict(zip(rows, against, strict=True)) == {
        row: other for row, other in enumerate(expected) if other is not None
    }


def test_load(skeleton, data):
    name = skeleton.name
    sequence = encode_raw(data[f'in_{name}_raw'], name)
    np.testing.assert_allclose(sequence.offsets, data[f'out_{name}_load_offsets'], atol=1e-4)
    np.testing.assert_allclose(sequence.angle, data[f'out_{name}_load_theta'], atol=1e-2)
    np.testing.assert_allclose(sequence.root, data[f'out_{name}_load_hips_corrected'], atol=1e-4)


def test_encode_decode(skeleton, data):
    name = skeleton.name
    offsets = joint_offsets(data[f'in_{name}_joints'], skeleton)
    np.testing.assert_allclose(offsets, data[f'out_{name}_encoded'], **TIGHT)
    joints = decode_offsets(offsets, skeleton)
    np.testing.assert_allclose(joints, data[f'out_{name}_decoded'], **TIGHT)
    bones = joints[:, np.sort(skeleton.bones)]
    np.testing.assert_allclose(bones, data[f'out_{name}_decoded_ndarray'], **TIGHT)


def test_flip_unit_cosines(skeleton, data):
    name = skeleton.name
    offsets = data[f'in_{name}_offsets']
    unit = unit_offsets(offsets)
    np.testing.assert_allclose(
        flip_offsets(offsets, skeleton), data[f'out_{name}_flipped'], **TIGHT
    )
    np.testing.assert_allclose(unit, data[f'out_{name}_unit'], **TIGHT)
    np.testing.assert_allclose(bone_cosines(unit, skeleton), data[f'out_{name}_cossim'], **TIGHT)


@pytest.mark.parametrize('extremities', [0, 1])
@pytest.mark.parametrize('root', [0, 1])
def test_features(skeleton, data, extremities, root):
    key = f'out_{skeleton.name}_feat_ext{extremities}_root{root}'
    expected = data.get(key, data.get(f'{key}_corrected'))
    features = pose3d_features(
        data[f'in_{skeleton.name}_offsets'], skeleton, bool(root), bool(extremities)
    )
    np.testing.assert_allclose(features, expected, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize('extremities', [False, True])
def test_root_directions_in_joint_order(skeleton, data, extremities):
    key = f'out_{skeleton.name}_feat_ext{int(extremities)}_root1'
    expected = data.get(key, data.get(f'{key}_reference'))
    features = pose3d_features(
        data[f'in_{skeleton.name}_offsets'], skeleton, extremities=extremities, joint_order=True
    )
    np.testing.assert_allclose(features, expected, rtol=1e-7, atol=1e-7)


def test_offsets_come_back_from_features_and_lengths(skeleton, data):
    name = skeleton.name
    offsets = data[f'in_{name}_offsets']
    features = 3 * pose3d_features(offsets, skeleton)
    rebuilt = offsets_from_features(features, data[f'out_{name}_lengths'])
    np.testing.assert_allclose(rebuilt, offsets, **TIGHT)


@pytest.mark.parametrize('extremities', [True, False])
def test_negatives(skeleton, data, extremities):
    name = skeleton.name
    suffix = '' if extremities else '_ignore_extremities'
    differ = poses_differ(data[f'in_{name}_neg_a'], data[f'in_{name}_neg_b'], skeleton, extremities)
    np.testing.assert_array_equal(differ, data[f'out_{name}_neg_good{suffix}'])
