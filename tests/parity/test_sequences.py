"""Golden topic 09: dense embeddings, unit rows; windows, splits and sequences of the sports."""

from pathlib import Path

import numpy as np
import pytest

from vpd_mm.datasets import EmbeddingSequenceDataset
from vpd_mm.datasets.dense_embeddings import dense_embeddings, normalize_rows
from vpd_mm.datasets.sports import Diving48, FigureSkating, FineGymFloor, Tennis
from vpd_mm.datasets.sports.fine_gym import ANNOTATION_FILE, TRAIN_FILE

SPLITS = ('train', 'val', 'test')
FX_SETTINGS = {
    'pre': {},
    'full': dict(pre_seconds=0, target_fps=None),
    'minmax': dict(target_fps=12, min_seconds=1.0, max_seconds=1.2),
    'interp': dict(target_fps=20, average_skipped=True),
    'norm': {},
}
DIVING_SETTINGS = {'t25': {}, 'full': dict(target_fps=None), 'norm': {}}


@pytest.fixture(scope='module')
def arrays(golden):
    return golden('09_sequences')


def sequences_of(arrays, name):
    """Expected sequence of each id, the corrected one where the published one is wrong."""
    key = f'{name}_embs' if f'{name}_embs_data' in arrays else f'{name}_embs_corrected'
    parts = np.split(arrays[f'{key}_data'], np.cumsum(arrays[f'{key}_lens'])[:-1])
    return dict(zip(arrays[f'{name}_ids'].tolist(), parts, strict=True))


def check_sequences(arrays, name, sport, embedding_dir, normalize):
    dataset = EmbeddingSequenceDataset(
        sport, str(embedding_dir), 'all', normalize=bool(normalize), test_mode=True
    )
    expected = sequences_of(arrays, name)
    found = {
        info['action']: sample['inputs']
        for info, sample in zip(dataset.data_list, dataset, strict=True)
    }
    assert list(found) == [action for action in expected if len(expected[action])]
    for action, views in found.items():
        ours = views.transpose(0, 1).numpy().reshape(expected[action].shape)
        assert ours == pytest.approx(expected[action], abs=1e-5)


@pytest.mark.parametrize('case', ['plain', 'gap', 'late', 'flip', 'unsorted'])
def test_dense(arrays, case):
    dense, own = dense_embeddings(
        arrays[f'in_group_{case}_frames'], arrays[f'in_group_{case}_embs']
    )
    name = f'out_group_{case}_dense'
    expected = arrays[name if name in arrays else f'{name}_corrected']
    assert dense == pytest.approx(expected, abs=1e-5)
    assert (own == arrays[f'out_group_{case}_mask']).all()


@pytest.mark.parametrize('rows', ['rows2', 'rows3'])
def test_rows(arrays, rows):
    assert normalize_rows(arrays[f'in_{rows}']) == pytest.approx(arrays[f'out_{rows}'], abs=1e-9)


def by_videos(golden_dir, tmp_path, name, views):
    """Settings of figure skating or tennis, and the folder of embeddings."""
    case = golden_dir / 'sequences_case' / f'{name}_{views}d'
    (tmp_path / 'labels').symlink_to(case / 'action_dataset' / name)
    settings = dict(data_root=str(tmp_path), video_metadata=str(case / 'video_meta.json'))
    return settings, case / 'embs'


def split_numbers(sport, ids):
    number = {a.id: i for i, name in enumerate(SPLITS) for a in sport.actions(name)}
    return [number[name] for name in ids]


def test_fs_windows_and_splits(arrays, golden_dir, tmp_path):
    sport = FigureSkating(**by_videos(golden_dir, tmp_path, 'fs', 1)[0])
    actions = sport.actions('all')
    ids = [a.id for a in actions]
    assert ids == list(arrays['out_fs_1d_norm0_ids'])
    assert [a.start for a in actions] == list(arrays['out_fs_start_corrected'])
    assert [a.end for a in actions] == list(arrays['out_fs_end'])
    assert [sport.classes.index(a.label) for a in actions] == list(arrays['out_fs_label'])
    assert split_numbers(sport, ids) == list(arrays['out_fs_split'])


def test_tennis_windows_and_splits(arrays, golden_dir, tmp_path):
    sport = Tennis(**by_videos(golden_dir, tmp_path, 'tennis', 1)[0])
    actions = sport.actions('all')
    ids = arrays['out_tennis_1d_norm0_ids']
    in_a_clip = arrays['out_tennis_start'] >= 0
    assert [a.id for a in actions] == ids[in_a_clip].tolist()
    assert set(ids[~in_a_clip]) < sport.left_out
    assert [a.start for a in actions] == arrays['out_tennis_start'][in_a_clip].tolist()
    assert [a.end for a in actions] == arrays['out_tennis_end'][in_a_clip].tolist()
    labels = [sport.classes.index(a.label) for a in actions]
    assert labels == arrays['out_tennis_label'][in_a_clip].tolist()
    splits = arrays['out_tennis_split'][in_a_clip].tolist()
    assert split_numbers(sport, [a.id for a in actions]) == splits


@pytest.mark.parametrize('views', [1, 2])
@pytest.mark.parametrize('normalize', [0, 1])
@pytest.mark.parametrize(('name', 'kind'), [('fs', 'FigureSkating'), ('tennis', 'Tennis')])
def test_sequences_by_videos(arrays, golden_dir, tmp_path, name, kind, views, normalize):
    settings, folder = by_videos(golden_dir, tmp_path, name, views)
    expected = f'out_{name}_{views}d_norm{normalize}'
    check_sequences(arrays, expected, dict(type=kind, **settings), folder, normalize)


def fx_settings(golden_dir, tmp_path):
    case = golden_dir / 'sequences_case' / 'fx'
    labels = tmp_path / 'labels'
    labels.mkdir()
    (labels / ANNOTATION_FILE).symlink_to(case / 'annotations.json')
    (labels / TRAIN_FILE).symlink_to(case / 'labels.txt')
    (labels / 'gym99_val_element.txt').write_text('')
    lines = [f'Clabel: {n:3d}; set: 21; Glabel: {n:3d}; (FX) element {n}' for n in range(5)]
    (labels / 'gym99_categories.txt').write_text('\n'.join(lines))
    return dict(data_root=str(tmp_path), video_metadata=str(case / 'video_meta.json'))


@pytest.mark.parametrize('case', ['pre', 'full', 'minmax'])
def test_fx_windows(arrays, golden_dir, tmp_path, case):
    sport = FineGymFloor(**fx_settings(golden_dir, tmp_path), **FX_SETTINGS[case])
    actions = sport.actions('all')
    assert [a.id for a in actions] == list(arrays[f'out_fx_1d_{case}_ids'])
    windows = [[a.start, a.end - 1] for a in actions]
    assert windows == arrays[f'out_fx_1d_{case}_window'].tolist()
    assert sport.left_out == {'vidZ_E_000001_000002_A_0000_0001'}


@pytest.mark.parametrize('views', [1, 2])
@pytest.mark.parametrize('case', FX_SETTINGS)
def test_fx_sequences(arrays, golden_dir, tmp_path, case, views):
    sport = dict(type='FineGymFloor', **fx_settings(golden_dir, tmp_path), **FX_SETTINGS[case])
    folder = golden_dir / 'sequences_case' / 'fx' / f'embs_{views}d'
    check_sequences(arrays, f'out_fx_{views}d_{case}', sport, folder, case == 'norm')


def diving_settings(golden_dir: Path, tmp_path: Path):
    case = golden_dir / 'sequences_case' / 'diving48'
    labels = tmp_path / 'labels'
    labels.mkdir()
    (labels / 'Diving48_V2_train.json').symlink_to(case / 'labels.json')
    (labels / 'Diving48_V2_test.json').write_text('[]')
    (labels / 'diving48_label_map.txt').write_text('a\nb\nc\nd\n')
    return dict(data_root=str(tmp_path), video_metadata=str(case / 'video_meta.json'))


def test_diving48_labels(arrays, golden_dir, tmp_path):
    sport = Diving48(**diving_settings(golden_dir, tmp_path))
    actions = sport.actions('all')
    assert [a.id for a in actions] == list(arrays['out_diving48_1d_t25_ids'])
    assert [sport.classes.index(a.label) for a in actions] == list(arrays['out_diving48_label'])


@pytest.mark.parametrize('views', [1, 2])
@pytest.mark.parametrize('case', DIVING_SETTINGS)
def test_diving48_sequences(arrays, golden_dir, tmp_path, case, views):
    sport = dict(type='Diving48', **diving_settings(golden_dir, tmp_path), **DIVING_SETTINGS[case])
    folder = golden_dir / 'sequences_case' / 'diving48' / f'embs_{views}d'
    check_sequences(arrays, f'out_diving48_{views}d_{case}', sport, folder, case == 'norm')
