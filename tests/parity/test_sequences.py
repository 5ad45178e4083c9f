"""Golden topic 09: dense embeddings, unit rows, windows and splits of figure skating."""

import numpy as np
import pytest

from vpd_mm.datasets import EmbeddingSequenceDataset
from vpd_mm.datasets.dense_embeddings import dense_embeddings, normalize_rows
from vpd_mm.datasets.sports import FigureSkating


@pytest.fixture(scope='module')
def arrays(golden):
    return golden('09_sequences')


def ragged(arrays, name):
    return np.split(arrays[f'{name}_data'], np.cumsum(arrays[f'{name}_lens'])[:-1])


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


def sequences_case(golden_dir, tmp_path, views):
    case = golden_dir / 'sequences_case' / f'fs_{views}d'
    (tmp_path / 'labels').symlink_to(case / 'action_dataset' / 'fs')
    return case, dict(data_root=str(tmp_path), video_metadata=str(case / 'video_meta.json'))


def test_fs_windows_and_splits(arrays, golden_dir, tmp_path):
    _, settings = sequences_case(golden_dir, tmp_path, 1)
    sport = FigureSkating(**settings)
    actions = sport.actions('all')
    assert [a.id for a in actions] == list(arrays['out_fs_1d_norm0_ids'])
    assert [a.start for a in actions] == list(arrays['out_fs_start_corrected'])
    assert [a.end for a in actions] == list(arrays['out_fs_end'])
    assert [sport.classes.index(a.label) for a in actions] == list(arrays['out_fs_label'])
    split = {
        a.id: i for i, name in enumerate(('train', 'val', 'test')) for a in sport.actions(name)
    }
    assert [split[a.id] for a in actions] == list(arrays['out_fs_split'])


@pytest.mark.parametrize('views', [1, 2])
@pytest.mark.parametrize('normalize', [0, 1])
def test_fs_sequences(arrays, golden_dir, tmp_path, views, normalize):
    case, settings = sequences_case(golden_dir, tmp_path, views)
    dataset = EmbeddingSequenceDataset(
        dict(type='FigureSkating', **settings),
        str(case / 'embs'),
        'all',
        normalize=bool(normalize),
        test_mode=True,
    )
    name = f'out_fs_{views}d_norm{normalize}'
    expected = ragged(arrays, f'{name}_embs_corrected')
    assert [info['action'] for info in dataset.data_list] == list(arrays[f'{name}_ids'])
    for sample, sequence in zip(dataset, expected, strict=True):
        ours = sample['inputs'].transpose(0, 1).numpy()
        assert ours.reshape(sequence.shape) == pytest.approx(sequence, abs=1e-5)
