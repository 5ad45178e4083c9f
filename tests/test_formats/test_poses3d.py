import pickle

import numpy as np
import pytest

from vpd_mm.formats import (
    FormatError,
    PoseViews,
    Sequence3D,
    read_pose_views,
    read_poses3d,
    write_json,
    write_pickle,
    write_pose_views,
    write_poses3d,
)

RNG = np.random.default_rng(0)


def sequence(length=3, bones=4):
    shapes = ((length, 3), (length,), (length, bones, 3))
    return Sequence3D(*(RNG.random(shape, np.float32) for shape in shapes))


def views(frames=(0, 0, 2), cameras=('a', 'b', 'a')):
    keypoints = RNG.random((len(frames), 17, 3), np.float32)
    return PoseViews(np.array(frames), np.array(cameras), keypoints)


def same(a, b):
    assert all(np.array_equal(vars(a)[name], vars(b)[name]) for name in vars(a))


def test_sequences_round_trip_exactly(tmp_path):
    sequences = {
        ('man01', 'run'): sequence(),
        ('alfred',): sequence(2, 9),
        ('x', 'none'): sequence(0, 0),
    }
    write_poses3d(tmp_path, sequences)
    read = read_poses3d(tmp_path)
    assert list(read) == list(sequences)
    for key in sequences:
        same(read[key], sequences[key])
        assert len(read[key]) == len(sequences[key])


@pytest.mark.parametrize(
    'content', [[], {('a', 'b'): 3}, {('a',): [1]}, {('a',): [(np.zeros(3), 0.0, np.zeros(3))]}]
)
def test_sequences_of_another_form_are_one_error(tmp_path, content):
    write_pickle(tmp_path / 'ground_truth_3d_pose.pkl', content)
    with pytest.raises(FormatError, match=r'ground_truth_3d_pose\.pkl: '):
        read_poses3d(tmp_path)


def test_sequences_that_cannot_be_read_are_one_sentence(tmp_path):
    path = tmp_path / 'ground_truth_3d_pose.pkl'
    write_poses3d(tmp_path, {('a', 'run'): sequence()})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FormatError, match=r'3d_pose\.pkl: is not a readable pickle .*; write it'):
        read_poses3d(tmp_path)
    path.write_bytes(pickle.dumps({('a',): print}))
    with pytest.raises(FormatError, match=r'3d_pose\.pkl: .* asks for builtins\.print'):
        read_poses3d(tmp_path)
    bad = sequence()
    bad.offsets[1, 2, 0] = np.nan
    write_poses3d(tmp_path, {('b', 'run'): sequence(), ('a', 'run'): bad})
    with pytest.raises(
        FormatError, match=r'3d_pose\.pkl: has a bone offset in a/run with a missing'
    ):
        read_poses3d(tmp_path)


@pytest.mark.parametrize('layout', ['human36m', 'multi_camera'])
def test_views_round_trip_exactly(tmp_path, layout):
    some = {('S1', 'Walking 1'): views(), ('S9', 'Sitting.2'): views((1, 4, 7), ('a', 'a', 'b'))}
    write_pose_views(tmp_path, layout, some)
    read = read_pose_views(tmp_path, layout)
    assert sorted(read) == sorted(some)
    for key, view in some.items():
        order = np.lexsort((view.camera, view.frame))
        mine = np.lexsort((read[key].camera, read[key].frame))
        assert np.array_equal(read[key].frame[mine], view.frame[order])
        assert np.array_equal(read[key].camera[mine], view.camera[order])
        assert np.array_equal(read[key].keypoints[mine], view.keypoints[order])


def test_file_names_are_told_apart_by_the_3d_keys(tmp_path):
    keys = [('BML_movi', 'jump_1'), ('alfred_b',), ('woman01', 'run')]
    write_poses3d(tmp_path, dict.fromkeys(keys, sequence()))
    rows = [[0, [['cam', [np.ones((17, 3))]]]]]
    for name in ('BML_movi_jump_1', 'alfred_b', 'woman01__run'):
        write_json(tmp_path / 'cocopose' / f'{name}.json.gz', rows)
    assert sorted(read_pose_views(tmp_path, 'multi_camera')) == sorted(keys)
    assert sorted(read_pose_views(tmp_path, 'multi_camera', keys)) == sorted(keys)


def test_the_best_detection_of_a_camera_counts(tmp_path):
    people = [[score, [0, 0, 1, 1], np.full((17, 3), score)] for score in (0.3, 0.9, 0.9, 0.5)]
    write_json(
        tmp_path / 'cocopose' / 'S1.Eat.123.json.gz', [[5, people], [2, people[:1]], [3, []]]
    )
    view = read_pose_views(tmp_path, 'human36m')['S1', 'Eat']
    assert view.frame.tolist() == [2, 5]
    assert view.camera.tolist() == ['123', '123']
    assert view.keypoints[:, 0, 0].tolist() == pytest.approx([0.3, 0.9])


def test_wrong_calls_are_one_sentence(tmp_path):
    with pytest.raises(ValueError, match="layout 'h36m' is unknown"):
        read_pose_views(tmp_path, 'h36m')
    with pytest.raises(FileNotFoundError, match='no such folder of 2D views'):
        read_pose_views(tmp_path, 'human36m')
    write_json(tmp_path / 'cocopose' / 'S1.json.gz', [])
    with pytest.raises(FormatError, match=r'S1\.json\.gz: is not named person'):
        read_pose_views(tmp_path, 'human36m')
