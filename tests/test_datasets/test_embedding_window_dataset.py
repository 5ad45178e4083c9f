import numpy as np
import pytest
import torch

from vpd_mm.datasets import EmbeddingWindowDataset
from vpd_mm.datasets.detection_labels import (
    action_interval,
    frame_labels,
    mean_lengths,
    video_folds,
)
from vpd_mm.datasets.sports import FigureSkating, TennisSwings
from vpd_mm.datasets.window_sampling import WindowSampler
from vpd_mm.formats import Action, Actions, FormatError, VideoMeta, write_actions, write_embeddings

LENGTHS = dict(short=20, exact=30, long=90, none=60, lost=40, test=50)
ACTIONS = [
    ('short', 5, 10, 'b'),
    ('exact', 0, 6, 'a'),
    ('long', 70, 90, 'b'),
    ('long', 10, 14, 'a'),
    ('lost', 3, 9, 'a'),
    ('test', 2, 8, 'a'),
]


@pytest.fixture
def root(tmp_path):
    """Each value of an embedding is 1000 times the video's number, plus the frame, plus V / 10."""
    actions = [Action(f'{v}:{a}:{b}', v, a, b, label) for v, a, b, label in ACTIONS]
    splits = dict(
        train=[action.id for action in actions if action.video != 'test'],
        val=[action.id for action in actions if action.video == 'exact'],
        test=[action.id for action in actions if action.video == 'test'],
    )
    videos = {video: VideoMeta(10.0, n, 8, 8) for video, n in LENGTHS.items()}
    write_actions(tmp_path / 'actions.json', Actions(['a', 'b', 'c'], videos, actions, splits))
    for number, (video, length) in enumerate(LENGTHS.items()):
        rows = (1000.0 * number + np.arange(length))[:, None, None] + np.array([0, 0.25])[:, None]
        if video != 'lost':
            path = tmp_path / 'embeddings' / f'{video}.emb.pkl'
            write_embeddings(path, np.arange(length), np.repeat(rows, 2, 2))
    return tmp_path


def build(root, **settings):
    sport = dict(type='CustomSport', data_root=str(root))
    settings = dict(window=30, windows_per_epoch=64) | settings
    return EmbeddingWindowDataset(sport, str(root / 'embeddings'), **settings)


@pytest.mark.parametrize('agnostic', [True, False])
@pytest.mark.parametrize('share', [0.0, 0.5])
def test_windows_hold_the_rows_and_labels_of_their_frames(root, agnostic, share):
    dataset = build(root, class_agnostic=agnostic, action_share=share, videos=[*LENGTHS][:4])
    batch = dataset.__getitems__(range(200))['inputs']
    assert batch['sequence'].shape == (200, 1, 30, 2)
    names, seen = list(LENGTHS), set()
    for rows, length, label in zip(*batch.values(), strict=True):
        values = rows[0, :length, 0]
        video = names[int(values[0] // 1000)]
        first = int(values[0] % 1000)
        view = float(values[0] % 1)
        seen.add((video, view))
        assert length == min(30, LENGTHS[video])
        assert first + length <= LENGTHS[video]
        expected = names.index(video) * 1000 + view + torch.arange(first, first + length)
        assert torch.equal(values, expected)
        assert (rows[0, length:] == 0).all()
        truth = np.zeros(LENGTHS[video], int)
        for own, start, end, name in ACTIONS:
            if own == video:
                truth[start:end] = 1 if agnostic else 'abc'.index(name) + 1
        assert label[:length].tolist() == truth[first : first + length].tolist()
        assert not label[length:].any()
    assert seen >= {(video, view) for video in names[2:4] for view in (0, 0.25)}


def test_batches_depend_on_their_indices_alone(root):
    one, two = build(root), build(root)
    two.draw([1, 2])
    first, second = one.draw([5, 6])['inputs'], two.draw([5, 6])['inputs']
    assert all(torch.equal(first[key], second[key]) for key in first)
    other = build(root, seed=1).draw([5, 6])['inputs']
    assert not torch.equal(first['sequence'], other['sequence'])


def test_all_windows_are_as_likely():
    sampler = WindowSampler(np.array([4, 10, 12]), 10, np.zeros((0, 4), int), action_share=0.5)
    video, first = sampler.draw(np.random.default_rng(0), 50000)
    kinds, count = np.unique(np.stack([video, first]), axis=1, return_counts=True)
    assert kinds.T.tolist() == [[0, 0], [1, 0], [2, 0], [2, 1], [2, 2]]
    assert count / 50000 == pytest.approx(np.full(5, 0.2), abs=0.01)


def test_rare_actions_are_drawn_as_often():
    actions = np.array([[0, 100 * n, 100 * n + 9, 0] for n in range(9)] + [[1, 995, 1000, 1]])
    sampler = WindowSampler(np.array([1000, 1000]), 50, actions, action_share=1.0)
    video, first = sampler.draw(np.random.default_rng(0), 4000)
    assert video.mean() == pytest.approx(0.5, abs=0.03)
    assert (first[video == 1] >= 948).all()
    assert (first[video == 1] <= 950).all()
    middle = first[video == 0] + 49
    assert ((middle - 4) % 100 <= 50).all()


def test_whole_videos(root):
    dataset = build(root, split='test', test_mode=True, class_agnostic=False)
    assert len(dataset) == 1
    (sample,) = dataset.__getitems__([0])
    assert sample['inputs'].shape == (2, 50, 2)
    assert sample['data_samples'].video == 'test'
    assert sample['data_samples'].gt_intervals.tolist() == [[2, 8, 0]]
    lengths = dataset.metainfo['mean_length']
    assert lengths == [pytest.approx(16 / 3), 12.5, None]  # of the training videos


def test_a_video_without_actions_or_embeddings(root):
    dataset = build(root, videos=['none', 'lost'], test_mode=True)
    assert dataset.videos == ['none']
    assert dataset[0]['data_samples'].gt_intervals.shape == (0, 3)
    assert dataset.metainfo['unscored'] == {'lost': [[3, 9, 0]]}
    batch = build(root, videos=['none'], action_share=0.5).draw(range(8))['inputs']
    assert not batch['label'].any()
    with pytest.raises(FileNotFoundError, match='none of the 1 videos'):
        build(root, videos=['lost'])
    with pytest.raises(FormatError, match='has no video'):
        build(root, videos=[])


def test_embeddings_of_different_sizes(root):
    write_embeddings(root / 'embeddings' / 'lost.emb.pkl', np.arange(3), np.zeros((3, 2, 5)))
    with pytest.raises(FormatError, match='make them by one model'):
        build(root)


def test_moments_with_a_margin():
    serve = Action('a', 'v', 8, 9, 'serve')
    assert action_interval(serve, 25, (0.1, 0.1), moments=True) == (5, 10)
    assert action_interval(serve, 25, moments=True) == (8, 9)
    span = Action('a', 'v', 10, 30, 'turn', dict(seconds=(0.4, 1.16)))
    assert action_interval(span, 25, (0.2, 0.1)) == (5, 31)
    assert action_interval(span, 25) == (10, 30)
    assert action_interval(Action('a', 'v', 2, 5, 'b'), 25, (1, 0)) == (0, 5)


def test_labels_and_lengths():
    rows = np.array([[1, 3, 0], [2, 9, 1]])
    assert frame_labels(rows, 5).tolist() == [0, 1, 2, 2, 2]
    assert mean_lengths([rows, np.array([[0, 4, 0]])], 3) == [3.0, 7.0, None]
    assert mean_lengths([], 1) == [None]


def test_folds():
    folds = video_folds(['a', 'b', 'c', 'd', 'e'], 3)
    assert sorted(v for _, held_out in folds for v in held_out) == ['a', 'b', 'c', 'd', 'e']
    assert all(not set(own) & set(held_out) for own, held_out in folds)
    assert len(video_folds(['a', 'b'], 5)) == 2
    assert video_folds(['a'], 5) == [(['a'], ['a'])]
    with pytest.raises(ValueError, match='no video'):
        video_folds([], 5)
    with pytest.raises(ValueError, match='2 folds or more'):
        video_folds(['a', 'b'], 1)


def test_published_jumps(golden, golden_dir):
    """The published detection takes jumps as labelled."""
    arrays = golden('09_sequences')
    root = golden_dir / 'sequences_case' / 'fs_2d'
    sport = FigureSkating(root / 'action_dataset', root / 'video_meta.json')
    sport.label_path = lambda file: root / 'action_dataset' / 'fs' / file
    found = sorted((a.video, *action_interval(a, 25.0)) for a in sport.labels.values())
    windows = arrays['out_det_fs_window'].tolist()
    expected = [
        (str(video), *window)
        for video, window in zip(arrays['out_det_fs_video'], windows, strict=True)
    ]
    assert found == sorted(expected)


@pytest.mark.parametrize(('name', 'seconds'), [('w01', 0.1), ('w04', 0.4)])
def test_published_swings(golden, golden_dir, name, seconds):
    arrays = golden('09_sequences')
    root = golden_dir / 'sequences_case' / 'tennis_2d'
    sport = TennisSwings(root / 'action_dataset', root / 'video_meta.json')
    sport.label_path = lambda file: root / 'action_dataset' / 'tennis' / file
    found = [
        (a.video, *action_interval(a, sport.video_meta(a.video).fps, (seconds, seconds), True))
        for a in sport.labels.values()
    ]
    windows = arrays[f'out_det_tennis_{name}_window'].tolist()
    videos = arrays[f'out_det_tennis_{name}_video']
    expected = [(str(v), *window) for v, window in zip(videos, windows, strict=True)]
    assert sorted(found) == sorted(expected)


def test_videos_by_their_prefix(root):
    dataset = build(root, prefix='s')
    assert dataset.videos == ['short']
    assert dataset.metainfo['mean_length'] == [5.0]
