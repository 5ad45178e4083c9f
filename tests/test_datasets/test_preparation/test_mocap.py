"""Motion capture to the published layout."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.pose3d import Pose3DConverter
from vpd_mm.skeletons import SKELETONS, encode_joints, joint_offsets

SKELETON = SKELETONS['kinect20']
PERSON = r'_(s\d)_'


def write(path, names=('a1_s1_t1', 'a1_s2_t1'), up='y', **changes):
    rng = np.random.default_rng(0)
    content = dict(
        xyz=rng.normal(size=(7, 20, 3)).astype(np.float32),
        lengths=[3, 4],
        names=names,
        joints=list(SKELETON.joints),
        up=up,
    )
    content = {key: value for key, value in (content | changes).items() if value is not None}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **content)
    return content


def convert(source, person=PERSON, **kwargs):
    converter = Pose3DConverter(SKELETON, person, **kwargs)
    converter.convert(source)
    return converter


@pytest.mark.parametrize('up', ['x', 'y', 'z'])
def test_heights_become_z(tmp_path, up):
    content = write(tmp_path / 'm.npz', up=up)
    sequences = convert(tmp_path / 'm.npz').sequences
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
    one, two = (convert(tmp_path / f'{name}.npz').sequences for name in 'ab')
    np.testing.assert_array_equal(one['s1', 'a1_t1'].offsets, two['s1', 'a1_t1'].offsets)


def test_exclude(tmp_path):
    write(tmp_path / 'm.npz')
    assert list(convert(tmp_path / 'm.npz', exclude='s2').sequences) == [('s1', 'a1_t1')]


def test_what_a_file_does_not_say(tmp_path):
    content = write(tmp_path / 'anna_run.npz', names=None, lengths=None, up=None)
    (item,) = convert(tmp_path / 'anna_run.npz', '^([^_]+)', up='z').sequences.items()
    assert item[0] == ('anna', 'run')
    np.testing.assert_array_equal(item[1].offsets, encode_joints(content['xyz'], SKELETON).offsets)
    write(tmp_path / 'anna_run.npz', names=None)
    keys = list(convert(tmp_path / 'anna_run.npz', '^([^_]+)').sequences)
    assert keys == [('anna', 'run_0000'), ('anna', 'run_0001')]


def test_a_folder_names_its_files(tmp_path):
    for person in ('anna', 'bert'):
        write(tmp_path / person / 'run_1.npz', names=None, lengths=None)
    write(tmp_path / '.tmp-x.npz')
    converter = convert(tmp_path, '^([^/]+)/')
    assert list(converter.sequences) == [('anna', 'run_1'), ('bert', 'run_1')]
    assert not converter.problems


def test_a_bad_file_does_not_stop_the_rest(tmp_path):
    write(tmp_path / 'a.npz')
    (tmp_path / 'b.npz').write_bytes((tmp_path / 'a.npz').read_bytes()[:900])
    (tmp_path / 'c.npz').touch()
    np.savez(tmp_path / 'd.npz', xyz=np.array([{}]), joints=['a'])
    write(tmp_path / 'e.npz', names=['a2_s1_t1', 'a2_s2_t1'])
    converter = convert(tmp_path)
    assert len(converter.sequences) == 4
    assert list(converter.problems) == ['b.npz', 'c.npz', 'd.npz']
    for name, problem in converter.problems.items():
        assert problem.startswith(f'{tmp_path / name}: is no complete .npz of plain arrays (')


NAN = np.zeros((7, 20, 3))
NAN[5, 2] = np.nan


@pytest.mark.parametrize(
    ('changes', 'message', 'good'),
    [
        (dict(names=['s1_a', 's1_a']), 'sequence s1_a is s1/a as another sequence is', 1),
        (dict(names=['walk', 'run']), r"sequence run has no person by '\(s\\\\d\)' in its name", 0),
        (dict(xyz=NAN), 'a1_s2_t1 has no number for joint spine in frame 2', 1),
        (dict(lengths=[7, 0]), 'a1_s2_t1 has no frames', 1),
        (dict(joints=[f'j{i}' for i in range(20)]), 'lacks the joints head, hip_center', 0),
        (
            dict(joints=['a']),
            r'`xyz` of shape \(7, 20, 3\), not numbers \(frames, 1 joints, 3\)',
            0,
        ),
        (dict(xyz=3.0), r'has `xyz` other than \(frames, joints, 3\)', 0),
        (dict(lengths=[3, 3]), 'do not add up', 0),
        (dict(lengths=[3, 4.0]), 'do not add up', 0),
        (dict(lengths=[7]), 'not one of the `names` each', 0),
        (dict(up='w'), "axis `up` 'w'; it is x, y or z", 0),
        (dict(xyz=None), 'lacks the arrays xyz', 0),
    ],
)
def test_errors(tmp_path, changes, message, good):
    write(tmp_path / 'm.npz', **changes)
    converter = convert(tmp_path / 'm.npz', r'(s\d)')
    assert len(converter.sequences) == good
    (problem,) = converter.problems.values()
    assert problem.startswith(f'{tmp_path / "m.npz"}: ')
    with pytest.raises(ValueError, match=message):
        raise ValueError(problem)


def test_another_kind_of_file(tmp_path):
    (tmp_path / 'm.fbx').touch()
    (problem,) = convert(tmp_path / 'm.fbx').problems.values()
    assert 'is neither .npz nor .bvh' in problem
    with pytest.raises(ValueError, match=r'has no \*\.npz or \*\.bvh'):
        convert(tmp_path)
