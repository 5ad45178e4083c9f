"""Teacher samples: what a batch holds, what it depends on, and where its poses come from."""

import numpy as np
import pytest
import torch

from vpd_mm.datasets import JointPoseDataset, MultiViewPoseDataset, PersonPairDataset, pass_batch
from vpd_mm.datasets.joint_pose_dataset import share_out
from vpd_mm.datasets.pose_recordings import load_recordings
from vpd_mm.datasets.pose_sampling import draw_negatives, draw_view_pairs
from vpd_mm.formats import FormatError, PoseViews, Sequence3D, write_pose_views, write_poses3d
from vpd_mm.skeletons import SKELETONS, normalize_pose2d, pose3d_features

PEOPLE = ('anna', 'bert', 'carl')
FRAMES = 30
BONES = len(SKELETONS['human36m'].bones)


def make_sequences():
    rng = np.random.default_rng(0)
    sequences = {}
    for person in PEOPLE:
        for action in ('run', 'jump'):
            offsets = rng.normal(size=(FRAMES, BONES, 3)).astype(np.float32)
            sequences[person, action] = Sequence3D(np.zeros((FRAMES, 3)), np.zeros(FRAMES), offsets)
    return sequences


def make_views(sequences, cameras=3):
    """Views whose keypoint scores spell sequence, frame and camera."""
    views = {}
    for number, key in enumerate(sequences):
        frame = np.repeat(np.arange(0, FRAMES, 2), cameras)
        camera = np.tile(np.arange(cameras), len(frame) // cameras)
        keypoints = np.random.default_rng(number).uniform(0, 100, (len(frame), 17, 3))
        keypoints[:, 0, 2], keypoints[:, 5, 2], keypoints[:, 6, 2] = number, frame, camera
        views[key] = PoseViews(frame, camera.astype(str), keypoints.astype(np.float32))
    return views


@pytest.fixture(scope='module')
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp('plain')
    write_poses3d(folder, make_sequences())
    return str(folder)


@pytest.fixture(scope='module')
def filmed(tmp_path_factory):
    folder = tmp_path_factory.mktemp('filmed')
    sequences = make_sequences()
    write_poses3d(folder, sequences)
    write_pose_views(folder, 'multi_camera', make_views(sequences))
    return str(folder)


def build(folder, cls=MultiViewPoseDataset, **kwargs):
    kwargs = dict(samples_per_epoch=40, val_people=['carl'], **kwargs)
    return cls(folder, 'human36m', **kwargs)


def spelled(pose):
    """Sequence, frame and camera of normalised views."""
    return (pose[:, [0, 1, 2], 2] + 0.5).round().long().numpy().T


def test_batch(filmed):
    batch = build(filmed).__getitems__(list(range(8)))
    part = pass_batch(batch)['inputs']['human36m']
    assert {name: tuple(value.shape) for name, value in part.items()} == {
        'pose1': (8, 13, 3),
        'pose2': (8, 13, 3),
        'negative': (8, 13, 3),
        'negative_valid': (8,),
        'features': (8, BONES, 7),
    }
    assert part['pose1'].dtype == part['features'].dtype == torch.float32
    assert part['negative_valid'].dtype == torch.bool


def test_a_batch_depends_on_its_indices_and_the_seed_alone(filmed):
    dataset = build(filmed)
    first = dataset.__getitems__([3, 1, 4])['inputs']['human36m']
    dataset.__getitems__([9])
    again = dataset.__getitems__([3, 1, 4])['inputs']['human36m']
    others = [
        dataset.__getitems__([3, 1, 5])['inputs']['human36m'],
        build(filmed, seed=1).__getitems__([3, 1, 4])['inputs']['human36m'],
    ]
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert all(not torch.equal(first['pose1'], other['pose1']) for other in others)


def test_bones_lengthen_the_poses(plain):
    part = build(plain, bones=True).__getitems__([0, 1])['inputs']['human36m']
    assert part['pose1'].shape == (2, 25, 3)


def test_recorded_views_are_of_one_frame_and_two_cameras(filmed):
    dataset = build(filmed, projection_prob=0.0, flip_prob=0.0)
    part = dataset.__getitems__(list(range(200)))['inputs']['human36m']
    first, second = spelled(part['pose1']), spelled(part['pose2'])
    np.testing.assert_array_equal(first[:2], second[:2])
    assert (first[2] != second[2]).all()
    pairs = set(zip(first[2], second[2], strict=True))
    assert len(pairs) == 6
    assert set(first[0]) == {0, 1, 2, 3}  # carl's are 4 and 5
    negative = spelled(part['negative'])[:, part['negative_valid'].numpy()]
    np.testing.assert_array_equal(negative[0], first[0][part['negative_valid'].numpy()])


def test_3d_features_are_of_the_same_frame_and_mirrored_alike(filmed):
    sequences = list(make_sequences().values())
    for flip in (0.0, 1.0):
        dataset = build(filmed, projection_prob=0.0, flip_prob=flip)
        part = dataset.__getitems__(list(range(20)))['inputs']['human36m']
        views = make_views(make_sequences())
        for i in range(20):
            pose = part['pose1'][i].numpy()
            if flip:
                continue
            number, frame, camera = spelled(part['pose1'][i : i + 1])[:, 0]
            view = list(views.values())[number]
            row = np.flatnonzero((view.frame == frame) & (view.camera == str(camera)))
            np.testing.assert_allclose(pose, normalize_pose2d(view.keypoints[row])[0], atol=1e-4)
            expected = pose3d_features(sequences[number].offsets[frame], SKELETONS['human36m'])
            np.testing.assert_allclose(part['features'][i], expected, atol=1e-5)


def test_projections_are_consistent_with_3d_when_mirrored(plain):
    """Mirroring is done to the 3D pose and the 2D pose alike."""
    parts = [
        build(plain, flip_prob=flip).__getitems__(list(range(6)))['inputs']['human36m']
        for flip in (0.0, 1.0)
    ]
    rows = SKELETONS['human36m'].mirror_rows
    expected = parts[0]['features'][:, rows] * torch.tensor([-1, 1, 1, 1, -1, 1, 1])
    angles = [0, 1, 2, 4, 5, 6]  # three angles are measured against a row of one side only
    torch.testing.assert_close(parts[1]['features'][..., angles], expected[..., angles])
    swap = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11]
    mirrored = parts[0]['pose1'][:, swap] * torch.tensor([-1, 1, 1])
    torch.testing.assert_close(parts[1]['pose1'], mirrored, atol=1e-5, rtol=1e-5)


def test_projection_probability(filmed):
    """A projection's scores lie below 0.5 after the shift; the recorded ones here go beyond."""
    for probability in (0.0, 0.5, 1.0):
        dataset = build(filmed, projection_prob=probability, flip_prob=0.0)
        pose = dataset.__getitems__(list(range(1000)))['inputs']['human36m']['pose1']
        share = (pose[..., 2].abs() <= 0.5).all(1).float().mean()
        assert share == pytest.approx(probability, abs=0.05)


def test_validation_takes_held_out_people_and_each_frame_once(filmed):
    dataset = build(filmed, split='val', projection_prob=0.0, flip_prob=0.0)
    rows = dataset.draw_frames(np.random.default_rng(0), np.arange(len(dataset)))
    assert {dataset.poses.keys[s][0] for s in dataset.poses.sequence[rows]} == {'carl'}
    dataset.samples_per_epoch = len(dataset.poses.usable)
    rows = dataset.draw_frames(np.random.default_rng(0), np.arange(len(dataset)))
    assert sorted(rows) == sorted(dataset.poses.usable)


def test_weights(plain):
    dataset = build(plain, weights=dict(anna=9))
    rows = dataset.draw_frames(np.random.default_rng(0), np.arange(4000))
    people = np.array([key[0] for key in dataset.poses.keys])[dataset.poses.sequence[rows]]
    assert (people == 'anna').mean() == pytest.approx(0.9, abs=0.02)


def test_negatives_differ_and_stay_in_their_sequence(plain):
    poses = load_recordings(plain, 'human36m', 'train', ())
    rows = np.arange(len(poses))
    negative, valid = draw_negatives(np.random.default_rng(0), poses, rows)
    assert valid.all()  # random poses
    np.testing.assert_array_equal(poses.sequence[negative], poses.sequence[rows])
    assert (negative != rows).all()


def test_a_motionless_sequence_has_no_negatives(plain):
    poses = load_recordings(plain, 'human36m', 'train', ())
    poses.offsets[:] = poses.offsets[0]
    negative, valid = draw_negatives(np.random.default_rng(0), poses, np.arange(5))
    assert not valid.any()
    np.testing.assert_array_equal(negative, np.arange(5))


def test_one_view_leaves_the_other_to_a_projection(filmed):
    poses = load_recordings(filmed, 'human36m', 'train', ())
    poses.view_count = np.minimum(poses.view_count, 1)
    rows = poses.usable[:10]
    first, second = draw_view_pairs(np.random.default_rng(0), poses, rows, rows)
    np.testing.assert_array_equal(first, poses.view_start[rows])
    assert (second == -1).all()


def test_stride_between_2d_and_3d_frames(tmp_path):
    sequences = make_sequences()
    write_poses3d(tmp_path, sequences)
    keypoints = np.ones((2, 17, 3), np.float32)
    views = {key: PoseViews(np.array([0, 1]), np.array(['a', 'a']), keypoints) for key in sequences}
    write_pose_views(tmp_path, 'multi_camera', views)
    poses = load_recordings(tmp_path, 'human36m', 'train', (), frame_stride=25)
    assert (poses.usable - poses.start[poses.usable]).tolist()[:2] == [0, 25]
    with pytest.raises(FormatError, match=r'3d_pose\.pkl: .* only 30 3D frames; .*frame_stride'):
        load_recordings(tmp_path, 'human36m', 'train', (), frame_stride=30)


def test_errors(plain):
    with pytest.raises(FormatError, match='val_people'):
        load_recordings(plain, 'human36m', 'val', [])
    with pytest.raises(FormatError, match='20 bones'):
        load_recordings(plain, 'people3d', 'train', ())
    with pytest.raises(ValueError, match='split'):
        load_recordings(plain, 'human36m', 'test', ())


def test_pairs_are_two_people_in_one_frame_of_one_action(filmed):
    dataset = build(filmed, PersonPairDataset, projection_prob=0.0, flip_prob=0.0)
    part = dataset.__getitems__(list(range(100)))['inputs']['pairs']
    assert set(part) == {'pose1', 'pose2'}
    first, second = spelled(part['pose1']), spelled(part['pose2'])
    np.testing.assert_array_equal(first[1], second[1])
    assert (first[0] != second[0]).all()
    assert (first[0] % 2 == second[0] % 2).all()


def test_features_in_the_order_of_the_published_heads(plain):
    """The same samples; the root directions alone are ordered otherwise."""
    ours, published = (
        build(plain, split='val', joint_order=order)[7]['inputs']['human36m'] for order in (0, 1)
    )
    torch.testing.assert_close(ours['pose1'], published['pose1'])
    torch.testing.assert_close(ours['features'][..., :4], published['features'][..., :4])
    rows = np.argsort(SKELETONS['human36m'].bones)
    torch.testing.assert_close(ours['features'][:, rows, 4:], published['features'][..., 4:])
    assert (rows != np.arange(BONES)).any()


def test_pairs_need_two_people(filmed):
    with pytest.raises(ValueError, match='no two people'):
        build(filmed, PersonPairDataset, split='val')


@pytest.mark.parametrize('sizes', [[20000, 20000, 5000], [1, 1000], [7]])
@pytest.mark.parametrize('count', [1, 4, 100])
def test_share_out(sizes, count):
    shares = share_out(count, sizes)
    assert shares.sum() == count
    assert (shares >= 0).all()
    if count >= len(sizes):
        assert (shares >= 1).all()


def test_joint_batches(plain, filmed):
    def part(folder, name, size):
        return dict(
            type='MultiViewPoseDataset',
            data_root=folder,
            skeleton='human36m',
            samples_per_epoch=size,
            set_name=name,
            val_people=['carl'],
        )

    parts = [part(plain, 'a', 30), part(filmed, 'b', 10)]
    dataset = JointPoseDataset(parts, split='val', bones=True)
    assert all(batch['pose1'].shape[1] == 25 for batch in dataset[3]['inputs'].values())
    assert len(dataset) == 40
    inputs = dataset.__getitems__(list(range(20)))['inputs']
    assert {name: len(batch['pose1']) for name, batch in inputs.items()} == {'a': 15, 'b': 5}
    with pytest.raises(ValueError, match='set_name'):
        JointPoseDataset([part(plain, 'a', 3), part(filmed, 'a', 3)])
