"""The command that converts 3D poses."""

import json
import runpy
import sys

import numpy as np
import pytest

from vpd_mm.datasets import MultiViewPoseDataset
from vpd_mm.formats import read_poses3d
from vpd_mm.skeletons import SKELETONS

ACME20 = """{
  "joints": {"pelvis": null, "spine": "pelvis", "chest": "spine", "head": "chest",
    "L_arm": "chest", "L_elbow": "L_arm", "L_wrist": "L_elbow", "L_hand": "L_wrist",
    "R_arm": "chest", "R_elbow": "R_arm", "R_wrist": "R_elbow", "R_hand": "R_wrist",
    "L_hip": "pelvis", "L_knee": "L_hip", "L_ankle": "L_knee", "L_toe": "L_ankle",
    "R_hip": "pelvis", "R_knee": "R_hip", "R_ankle": "R_knee", "R_toe": "R_ankle"},
  "left_right": ["L_", "R_"],
  "coco17": {"nose": "head", "left_shoulder": "L_arm", "right_shoulder": "R_arm",
    "left_elbow": "L_elbow", "right_elbow": "R_elbow", "left_wrist": "L_wrist",
    "right_wrist": "R_wrist", "left_hip": "L_hip", "right_hip": "R_hip", "left_knee": "L_knee",
    "right_knee": "R_knee", "left_ankle": "L_ankle", "right_ankle": "R_ankle"}}
"""


@pytest.fixture
def run(repository, monkeypatch, capsys):
    """Runs the command in this process; gives its exit status, output and errors."""

    def call(*arguments):
        script = str(repository / 'tools' / 'data' / 'convert_pose3d.py')
        monkeypatch.setattr(sys, 'argv', [script, *map(str, arguments)])
        status = 0
        try:
            runpy.run_path(script, run_name='__main__')
        except SystemExit as exit:
            status = exit.code
        output, errors = capsys.readouterr()
        return (1, output, status) if isinstance(status, str) else (status, output, errors)

    return call


def write_npz(path, joints, names, nan=None, **content):
    xyz = np.random.default_rng(0).normal(size=(5, len(joints), 3))
    if nan is not None:
        xyz[nan] = np.nan
    np.savez(path, xyz=xyz, lengths=[2, 3], names=names, joints=list(joints), up='y')


def test_what_is_good_is_written(run, tmp_path):
    names = ['dataset-1_walk_proud_001', 'dataset-1_walk_sad_001']
    write_npz(tmp_path / 'm.npz', SKELETONS['bandai27'].joints, names)
    status, output, errors = run('bandai27', tmp_path / 'm.npz', '--out', tmp_path / 'set')
    assert status == 0, errors
    assert '2 sequences, 5 frames; people proud, sad' in output
    sequences = read_poses3d(tmp_path / 'set')
    assert set(sequences) == {('proud', 'dataset-1_walk_001'), ('sad', 'dataset-1_walk_001')}

    write_npz(tmp_path / 'm.npz', SKELETONS['bandai27'].joints, names, nan=4)
    status, output, errors = run('bandai27', tmp_path, '--out', tmp_path / 'part')
    assert status == 1
    assert '1 sequences, 2 frames; people proud' in output
    assert errors.startswith('error: m.npz: ') and 'joint_Root in frame 2' in errors
    assert set(read_poses3d(tmp_path / 'part')) == {('proud', 'dataset-1_walk_001')}

    status, _, errors = run('kinect20', tmp_path / 'm.npz', '--out', tmp_path / 'other')
    assert status == 1 and not (tmp_path / 'other').exists()
    assert errors.startswith('error: m.npz: ') and 'lacks the joints' in errors


def test_another_joint_set_in_a_few_lines(run, tmp_path):
    skeleton = tmp_path / 'acme20.json'
    skeleton.write_text(ACME20)
    write_npz(tmp_path / 'm.npz', json.loads(ACME20)['joints'], ['anna_run', 'bert_run'])
    status, _, errors = run(skeleton, tmp_path / 'm.npz', '--out', tmp_path / 'set')
    assert status == 0, errors
    dataset = MultiViewPoseDataset(
        str(tmp_path / 'set'), str(skeleton), samples_per_epoch=8, val_people=['bert']
    )
    batch = dataset.__getitems__([0, 1, 2])['inputs']['acme20']
    assert batch['pose1'].shape == (3, 13, 3)
    assert batch['features'].shape == (3, 19, 7)


def test_bvh_by_the_command(run, tmp_path):
    """A figure that turns on the spot, and a file that is cut short."""
    pytest.importorskip('bvhio')
    (tmp_path / 'acme20.json').write_text(ACME20)
    parents = json.loads(ACME20)['joints']

    def block(joint):
        side = {'L': 1, 'R': -1}.get(joint[0], 0)
        kind = 'JOINT' if parents[joint] else 'ROOT'
        children = [child for child, parent in parents.items() if parent == joint]
        end = '' if children else 'End Site\n{\nOFFSET 0 0 0\n}\n'
        rest = f'OFFSET {side} {1 - abs(side)} 0\nCHANNELS 1 Yrotation\n'
        return f'{kind} {joint}\n{{\n{rest}{"".join(map(block, children))}{end}}}\n'

    rows = '\n'.join(' '.join([angle] + ['0'] * 19) for angle in ('0', '90', '180'))
    text = f'HIERARCHY\n{block("pelvis")}MOTION\nFrames: 3\nFrame Time: 0.03\n{rows}\n'
    (tmp_path / 'anna').mkdir()
    (tmp_path / 'anna' / 'turn.bvh').write_text(text)
    (tmp_path / 'anna' / 'cut.bvh').write_text(text[:-50])
    status, output, errors = run(tmp_path / 'acme20.json', tmp_path, '--out', tmp_path / 'set')
    assert status == 1 and 'numbers for 3 frames of 20 channels' in errors
    assert '1 sequences, 3 frames; people anna' in output
    sequence = read_poses3d(tmp_path / 'set')['anna', 'turn']
    bones = [joint for joint, parent in parents.items() if parent]
    expected = [[{'L': 1, 'R': -1}.get(joint[0], 0), 0, int(joint[1] != '_')] for joint in bones]
    np.testing.assert_allclose(sequence.offsets, [expected] * 3, atol=1e-6)
    np.testing.assert_allclose(np.diff(sequence.angle) % 360, 90, atol=1e-4)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('human', 'a'), "error: skeleton 'human' is unknown; choose one of coco17, people3d"),
        (('amass', 'a'), 'error: a: there is no such file or folder'),
        (('coco17', 'a'), 'coco17 is a set of 2D joints'),
        (('amass', 'a', '--person', '('), "'(' is no regular expression"),
    ],
)
def test_mistakes_are_one_sentence(run, tmp_path, arguments, message):
    status, _, errors = run(*arguments, '--out', tmp_path / 'set')
    assert status in (1, 2)
    assert message in errors and 'Traceback' not in errors


@pytest.mark.parametrize(
    ('module', 'file'),
    [('bvhio', 'a.bvh'), ('cdflib', 'S1/MyPoseFeatures/D3_Positions/a.cdf')],
)
def test_a_library_that_is_not_installed(run, tmp_path, monkeypatch, module, file):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).touch()
    monkeypatch.setitem(sys.modules, module, None)
    status, _, errors = run('human36m', tmp_path, '--out', tmp_path / 'set')
    assert status == 1
    assert errors.startswith(f'error: reading .{file[-3:]} needs {module}')
    assert "pip install 'vpd_mm[pose3d]'" in errors
