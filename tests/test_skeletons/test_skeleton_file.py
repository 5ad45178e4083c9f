"""Joint sets in a few lines of JSON."""

import json

import numpy as np
import pytest

from vpd_mm.formats import FormatError
from vpd_mm.skeletons import SKELETONS, decode_offsets, encode_joints

SIDES = ('shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle')


def content():
    chain = dict(elbow='shoulder', wrist='elbow', knee='hip', ankle='knee', toe='ankle')
    joints = dict(pelvis=None, spine='pelvis', chest='spine', head='chest')
    for side in 'LR':
        joints |= {f'{side}_shoulder': 'chest', f'{side}_hip': 'pelvis'}
        joints |= {f'{side}_{child}': f'{side}_{parent}' for child, parent in chain.items()}
        joints[f'{side}_foot'] = f'{side}_ankle'
    coco17 = {
        f'{word}_{joint}': f'{word[0].upper()}_{joint}'
        for joint in SIDES
        for word in ('left', 'right')
    }
    return dict(joints=joints, left_right=['L_', 'R_'], coco17=dict(nose='head', **coco17))


def write(path, **changes):
    path.write_text(json.dumps(content() | changes))
    return str(path)


def test_a_file_in_place_of_a_name(tmp_path):
    skeleton = SKELETONS[write(tmp_path / 'acme20.json')]
    assert (skeleton.name, skeleton.root, len(skeleton.joints)) == ('acme20', 'pelvis', 20)
    assert len(skeleton.left_right) == 8
    assert skeleton.torso == ('pelvis', 'L_shoulder', 'R_shoulder', 'L_hip', 'R_hip')
    assert (skeleton.shoulders, skeleton.neck) == (('L_shoulder', 'R_shoulder'), 'head')
    np.testing.assert_array_equal(skeleton.coco17_weights.sum(1), 1)
    assert [skeleton.joints[i] for i in skeleton.coco17_weights.argmax(1)[:6]] == [
        *['head'] * 5,
        'L_shoulder',
    ]
    assert 'acme20' not in SKELETONS and len(SKELETONS) == 7


def test_same_as_a_built_in_set_with_the_same_facts(tmp_path):
    kinect = SKELETONS['kinect20']
    names = kinect.joints
    joints = {j: names[p] if p >= 0 else None for j, p in zip(names, kinect.parents, strict=True)}
    coco17 = dict(zip(SKELETONS['coco17'].joints, kinect.coco17, strict=True))
    facts = dict(torso=kinect.torso, shoulders=kinect.shoulders, neck=kinect.neck)
    path = tmp_path / 'mine.json'
    write(path, joints=joints, coco17=coco17, left_right=['left_', 'right_'], **facts)
    mine = SKELETONS[str(path)]
    xyz = np.random.default_rng(0).normal(size=(5, 20, 3))
    one, two = (encode_joints(xyz, skeleton) for skeleton in (kinect, mine))
    np.testing.assert_array_equal(one.angle, two.angle)
    np.testing.assert_allclose(
        decode_offsets(one.offsets, kinect), decode_offsets(two.offsets, mine), atol=1e-12
    )
    np.testing.assert_array_equal(mine.coco17_weights, kinect.coco17_weights)


def test_defaults_find_the_front(tmp_path):
    """People are encoded as facing y, with their left towards x, wherever they face."""
    skeleton = SKELETONS[write(tmp_path / 'acme20.json')]
    upright = dict(pelvis=(0, 0, 1), spine=(0, 0, 1.2), chest=(0, 0, 1.5), head=(0, -0.1, 1.7))
    for side, x in (('L', 1), ('R', -1)):
        upright |= {f'{side}_shoulder': (0.2 * x, 0, 1.5), f'{side}_hip': (0.1 * x, 0, 1)}
    xyz = np.zeros((1, 20, 3))
    for joint, position in upright.items():
        xyz[:, skeleton.index(joint)[0]] = position
    turn = np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]])
    sequence = encode_joints(np.concatenate([xyz, xyz @ turn]), skeleton)
    head = decode_offsets(sequence.offsets, skeleton)[:, skeleton.index('head')[0]]
    shoulder = decode_offsets(sequence.offsets, skeleton)[:, skeleton.index('L_shoulder')[0]]
    np.testing.assert_allclose(head, [[0, 0.1, 0.7]] * 2, atol=1e-9)
    np.testing.assert_allclose(shoulder, [[0.2, 0, 0.5]] * 2, atol=1e-9)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(bones=[]), 'has the unknown bones; it takes joints, left_right, coco17'),
        (dict(joints=dict(content()['joints'], tail='tall')), 'tall is not among its joints'),
        (dict(joints=dict(content()['joints'], tail=None)), 'it has 2 joints without a parent'),
        (dict(joints=dict(content()['joints'], chest='head')), 'lead in a circle'),
        (dict(joints={'a b': None}), 'or a space or < in it'),
        (dict(joints=['pelvis']), 'joints is not an object'),
        (dict(torso=[3]), 'torso is not a list of texts'),
        (dict(neck=['head']), 'neck is not a text'),
        (dict(joints={'pelvis': 3}), 'the parent of pelvis is neither'),
        (dict(left_right=['left_', 'right_']), 'no left joint has a right one'),
        (dict(left_right='L'), 'left_right is not a list'),
        (dict(left_right=['L']), 'left_right is not two texts'),
        (dict(coco17=dict(nose='head')), 'left_shoulder, right_shoulder, left_elbow.* is not so'),
        (dict(coco17=dict(content()['coco17'], tail='head')), 'tail is not so'),
        (dict(coco17=dict(content()['coco17'], nose='nose')), 'nose is not among its joints'),
        (dict(coco17=dict(content()['coco17'], nose={'head': 'x'})), 'nose.* is not so'),
        (dict(torso=['hips']), 'hips is not among its joints'),
        (dict(boneless=['L_toe']), 'L_toe has no bone, but the other side has'),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, changes, message):
    with pytest.raises(FormatError, match=rf'acme20\.json: is not a joint set: .*{message}') as e:
        SKELETONS[write(tmp_path / 'acme20.json', **changes)]
    assert '\n' not in str(e.value)


def test_unknown_names_and_files(tmp_path):
    with pytest.raises(ValueError, match=r"'human' is unknown; .* human36m, .* \.json file"):
        SKELETONS['human']
    with pytest.raises(FileNotFoundError):
        SKELETONS[str(tmp_path / 'absent.json')]
    with pytest.raises(FormatError, match=r'amass\.json: has the name of a set that is built in'):
        SKELETONS[write(tmp_path / 'amass.json')]
    (tmp_path / 'list.json').write_text('[1]')
    with pytest.raises(FormatError, match=r'list\.json: is not a joint set'):
        SKELETONS[str(tmp_path / 'list.json')]
