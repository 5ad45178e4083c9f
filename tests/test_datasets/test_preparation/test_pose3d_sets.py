"""The raw files of the published sets, written by hand, give what their raw joints give."""

import pickle

import numpy as np
import pytest

from vpd_mm.datasets.preparation.pose3d import Pose3DConverter
from vpd_mm.formats import FormatError
from vpd_mm.skeletons import SKELETONS, encode_raw

JOINTS = {'people3d': 67, 'human36m': 32, 'nba2k': 35, 'amass': 52}
KEYS = {
    'people3d': [('man01', '01_02'), ('woman17', '35')],
    'human36m': [('S1', 'Walking 1'), ('S11', 'Eating')],
    'nba2k': [('alfred',), ('barney',)],
    'amass': [('ACCAD', 'run_1'), ('EyesJapanDataset', 'walk')],
}


def write_people3d(root, key, raw):
    folder = root.joinpath(*key, 'camera01')
    folder.mkdir(parents=True)
    for frame, xyz in enumerate(raw, 1):
        np.savetxt(folder / f'{frame:04d}.txt', np.hstack([np.full((67, 3), 7.0), xyz]), '%.17g')
    return folder


def write_human36m(root, key, raw):
    pytest.importorskip('cdflib')
    from cdflib.cdfwrite import CDF

    path = root / key[0] / 'MyPoseFeatures' / 'D3_Positions' / f'{key[1]}.cdf'
    path.parent.mkdir(parents=True, exist_ok=True)
    variable = dict(
        Variable='Pose',
        Data_Type=45,  # double
        Num_Elements=1,
        Rec_Vary=False,
        Var_Type='zVariable',
        Dim_Sizes=[len(raw), 96],
    )
    file = CDF(path)
    file.write_var(variable, var_data=raw.reshape(len(raw), 96))
    file.close()
    return path


def write_nba2k(root, key, raw):
    path = root / key[0] / f'release_{key[0]}_2ku.pkl'
    path.parent.mkdir(parents=True)
    content = dict(j3d=list(raw), player=list(key) * len(raw), nba_dir=['a'] * len(raw))
    path.write_bytes(pickle.dumps(content, protocol=2))
    return path


def write_amass(root, key, raw):
    path = root / '_'.join(key) / 'pose.npy'
    path.parent.mkdir(parents=True)
    np.save(path, raw)
    return path


WRITE = {
    'people3d': write_people3d,
    'human36m': write_human36m,
    'nba2k': write_nba2k,
    'amass': write_amass,
}


@pytest.fixture(params=JOINTS)
def name(request):
    return request.param


def random_raw(name, frames=3):
    return np.random.default_rng(frames).normal(size=(frames, JOINTS[name], 3))


def convert(name, root):
    converter = Pose3DConverter(SKELETONS[name])
    converter.convert(root)
    return converter


def test_sets_give_what_their_raw_joints_give(tmp_path, name):
    raw = {key: random_raw(name, 3 + i) for i, key in enumerate(KEYS[name])}
    for key, joints in raw.items():
        WRITE[name](tmp_path, key, joints)
    (tmp_path / '.hidden' / 'a').mkdir(parents=True)
    converter = convert(name, tmp_path)
    assert not converter.problems
    assert list(converter.sequences) == KEYS[name]
    for key, sequence in converter.sequences.items():
        expected = encode_raw(raw[key], name)
        for part, value in vars(sequence).items():
            np.testing.assert_allclose(value, getattr(expected, part), rtol=1e-9, atol=1e-9)


def test_golden_joints_by_way_of_files(tmp_path, name, golden):
    data = golden('02_skeleton3d')
    WRITE[name](tmp_path, KEYS[name][0], data[f'in_{name}_raw'])
    (sequence,) = convert(name, tmp_path).sequences.values()
    np.testing.assert_allclose(sequence.offsets, data[f'out_{name}_load_offsets'], atol=1e-4)
    np.testing.assert_allclose(sequence.angle, data[f'out_{name}_load_theta'], atol=1e-2)
    np.testing.assert_allclose(sequence.root, data[f'out_{name}_load_hips_corrected'], atol=1e-4)


def bad_people3d(folder):
    (folder / '0002.txt').write_text('1 2 3')
    return r'camera01/0002\.txt: has 3 numbers, not 6 for each of 67 joints'


def gap_people3d(folder):
    (folder / '0002.txt').unlink()
    return 'camera01: has not one text file for each frame from 1 to 2'


def text_people3d(folder):
    (folder / '0001.txt').write_text('one')
    return r'0001\.txt: has something else than numbers'


def empty_people3d(folder):
    for path in folder.iterdir():
        path.unlink()
    return 'camera01: has no frames'


def cut_human36m(path):
    path.write_bytes(path.read_bytes()[:300])
    return r'Walking 1\.cdf: is no CDF file with a variable Pose'


def cut_nba2k(path):
    path.write_bytes(path.read_bytes()[:-100])
    return r'release_alfred_2ku\.pkl: is not a readable pickle'


def hostile_nba2k(path):
    path.write_bytes(pickle.dumps(dict(j3d=eval)))
    return r'release_alfred_2ku\.pkl: .* asks for builtins\.eval'


def joints_nba2k(path):
    path.write_bytes(pickle.dumps(dict(j3d=[np.zeros((34, 3))])))
    return r'has j3d of shape \(1, 34, 3\), not \(frames, 35, 3\)'


def ragged_nba2k(path):
    path.write_bytes(pickle.dumps(dict(j3d=[np.zeros((34, 3)), np.zeros((35, 3))])))
    return 'has j3d that are not all alike'


def other_nba2k(path):
    path.write_bytes(pickle.dumps([1]))
    return 'is no dict with the joints j3d'


def images_nba2k(path):
    images = path.parent / 'images' / '2ku'
    images.mkdir(parents=True)
    (images / 'a.png').touch()
    return 'has 3 poses for 1 images'


def images_amass(path):
    for frame in ('00', '25'):
        for view in 'ab':
            (path.parent / f'{frame}_{view}.jpg').touch()
    return 'has 3 poses for 2 images'


def cut_amass(path):
    path.write_bytes(path.read_bytes()[:-8])
    return r'pose\.npy: is no complete \.npy file'


def joints_amass(path):
    np.save(path, np.zeros((3, 21, 3)))
    return r'has the shape \(3, 21, 3\), not'


BAD = [
    *(bad_people3d, gap_people3d, text_people3d, empty_people3d, cut_human36m, cut_nba2k),
    *(hostile_nba2k, joints_nba2k, ragged_nba2k, other_nba2k, images_nba2k, images_amass),
    *(cut_amass, joints_amass),
]


@pytest.mark.parametrize('damage', BAD, ids=lambda damage: damage.__name__)
def test_a_bad_recording_is_a_sentence_and_the_rest_goes_on(tmp_path, damage):
    name = damage.__name__.split('_')[1]
    bad, good = KEYS[name]
    message = damage(WRITE[name](tmp_path, bad, random_raw(name)))
    WRITE[name](tmp_path, good, random_raw(name))
    converter = convert(name, tmp_path)
    assert list(converter.sequences) == [good]
    assert list(converter.problems) == ['/'.join(bad)]
    with pytest.raises(FormatError, match=message):
        raise FormatError(*converter.problems['/'.join(bad)].split(': ', 1))


def test_a_joint_that_is_no_number(tmp_path, name):
    raw = random_raw(name)
    raw[1, 5, 2] = np.nan
    WRITE[name](tmp_path, KEYS[name][0], raw)
    converter = convert(name, tmp_path)
    assert not converter.sequences
    (problem,) = converter.problems.values()
    assert 'has no number for joint 5 in frame 1' in problem


def test_text_files_without_a_camera_folder(tmp_path):
    raw = random_raw('people3d')
    folder = write_people3d(tmp_path / 'a', ('man01', '01'), raw)
    (tmp_path / 'b' / 'man01').mkdir(parents=True)
    folder.rename(tmp_path / 'b' / 'man01' / '01')
    (sequence,) = convert('people3d', tmp_path / 'b').sequences.values()
    np.testing.assert_allclose(sequence.offsets, encode_raw(raw, 'people3d').offsets)


def test_a_folder_of_something_else(tmp_path, name):
    with pytest.raises(FormatError, match=r'has no <.*npz or'):
        convert(name, tmp_path)
    with pytest.raises(FileNotFoundError, match='there is no such file'):
        convert(name, tmp_path / 'absent')
