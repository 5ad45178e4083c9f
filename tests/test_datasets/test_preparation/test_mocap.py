"""Motion capture to the published layout."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.mocap import convert_mocap
from vpd_mm.formats import FormatError
from vpd_mm.skeletons import SKELETONS, joint_offsets

SKELETON = SKELETONS['kinect20']


def write(path, names=('a1_s1_t1', 'a1_s2_t1'), up='y', **changes):
    rng = np.random.default_rng(0)
    content = dict(
        xyz=rng.normal(size=(7, 20, 3)).astype(np.float32),
        lengths=[3, 4],
        names=list(names),
        joints=list(SKELETON.joints),
        up=up,
    )
    np.savez(path, **(content | changes))
    return content


@pytest.mark.parametrize('up', ['x', 'y', 'z'])
def test_heights_become_z(tmp_path, up):
    content = write(tmp_path / 'm.npz', up=up)
    sequences = convert_mocap(tmp_path / 'm.npz', SKELETON, r'_(s\d)_')
    assert list(sequences) == [('s1', 'a1_t1'), ('s2', 'a1_t1')]
    sequence = sequences['s2', 'a1_t1']
    assert sequence.offsets.shape == (4, 19, 3)
    height = joint_offsets(content['xyz'][3:], SKELETON)[..., 'xyz'.index(up)]
    np.testing.assert_allclose(sequence.offsets[..., 2], height, atol=1e-6)
    lengths = np.linalg.norm(joint_offsets(content['xyz'][3:], SKELETON), axis=-1)
    np.testing.assert_allclose(np.linalg.norm(sequence.offsets, axis=-1), lengths, rtol=1e-5)


def test_joints_in_another_order(tmp_path):
    content = write(tmp_path / 'a.npz')
    write(tmp_path / 'b.npz', xyz=content['xyz'][:, ::-1], joints=content['joints'][::-1])
    one, two = (convert_mocap(tmp_path / f'{n}.npz', SKELETON, '_(s.)_') for n in 'ab')
    np.testing.assert_array_equal(one['s1', 'a1_t1'].offsets, two['s1', 'a1_t1'].offsets)


def test_exclude(tmp_path):
    write(tmp_path / 'm.npz')
    assert len(convert_mocap(tmp_path / 'm.npz', SKELETON, '_(s.)_', exclude='s2')) == 1


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(names=['s1_a', 's1_a']), 'two sequences'),
        (dict(names=['walk', 'run']), 'no person'),
        (dict(joints=[f'j{i}' for i in range(20)]), 'lacks the joints'),
        (dict(lengths=[3, 3]), 'do not add up'),
    ],
)
def test_errors(tmp_path, changes, message):
    write(tmp_path / 'm.npz', **changes)
    with pytest.raises(FormatError, match=message):
        convert_mocap(tmp_path / 'm.npz', SKELETON, r'(s\d)')


def test_an_array_is_missing(tmp_path):
    np.savez(tmp_path / 'm.npz', xyz=np.zeros((1, 20, 3)))
    with pytest.raises(FormatError, match='lacks the arrays joints, lengths, names, up'):
        convert_mocap(tmp_path / 'm.npz', SKELETON, r'(s\d)')
