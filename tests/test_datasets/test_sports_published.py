"""The published label files, read whole where they lie beside the repository."""

from collections import Counter

import pytest

from vpd_mm.datasets.sports import Diving48, FigureSkating, FineGymFloor, Tennis, open_sport
from vpd_mm.datasets.sports.label_files import read_id_file, read_label_file
from vpd_mm.formats import read_json, write_json

SPLITS = ('train', 'val', 'test')


@pytest.fixture
def published(repository):
    path = repository.parent / 'shared' / 'labels'
    if not path.is_dir():
        pytest.skip('the published labels are not beside the repository')
    return path


def check_splits(sport):
    """The splits are disjoint, together everything, and the few-shot splits are for training."""
    ids = {split: {a.id for a in sport.actions(split)} for split in SPLITS}
    assert len(ids['train'] | ids['val'] | ids['test']) == sum(map(len, ids.values()))
    assert ids['train'] | ids['val'] | ids['test'] == set(sport.labels)
    for path in sport.label_path('').glob('train_*.ids.txt'):
        split = path.name.removesuffix('.ids.txt')
        few = sport.actions(split)
        assert {a.id for a in few} <= ids['train'], split
        assert max(Counter(a.label for a in few).values()) == int(split.split('_')[1])
    assert all(0 <= a.start < a.end for a in sport.actions('all'))
    return {split: len(ids[split]) for split in SPLITS}


def count_classes(sport, split):
    count = Counter(action.label for action in sport.actions(split))
    return [count[name] for name in sport.classes]


def test_figure_skating(published, tmp_path):
    (tmp_path / 'labels').symlink_to(published / 'fs')
    assert isinstance(open_sport(tmp_path), FigureSkating)
    sport = FigureSkating(tmp_path, published / 'video_meta' / 'fs.json')
    assert check_splits(sport) == dict(train=743, val=183, test=520)
    assert count_classes(sport, 'train_128_0') == [128, 127, 93, 46, 29, 128]
    assert not sport.left_out


def test_tennis(published, tmp_path):
    (tmp_path / 'labels').symlink_to(published / 'tennis')
    assert isinstance(open_sport(tmp_path), Tennis)
    sport = Tennis(tmp_path, published / 'video_meta' / 'tennis.json')
    assert sum(check_splits(sport).values()) == 8243
    assert len(sport.left_out) == 2081 + 1576 + 19 + 2
    assert count_classes(sport, 'train_16_0') == [16] * 7
    tests = {a.video for a in sport.actions('test')}
    assert tests <= sport.test_videos
    assert len(sport.test_videos) == 2 * (145 + 201 + 69 + 64)
    metas = {a.video: sport.video_meta(a.video) for a in sport.actions('all')}
    assert all(a.start <= metas[a.video].num_frames for a in sport.labels.values())


@pytest.fixture
def floor(published, tmp_path):
    """The published files of FineGym; the times are those in the names of the actions."""
    labels = tmp_path / 'labels'
    labels.mkdir()
    for path in (published / 'finegym99').iterdir():
        (labels / path.name).symlink_to(path)
    annotation = {}
    for path in labels.glob('gym99_*_element*.txt'):
        for name in read_label_file(path):
            video, _, rest = name.partition('_E_')
            event, _, action = rest.partition('_A_')
            start, end = map(int, action.split('_'))
            events = annotation.setdefault(video, {})
            segments = events.setdefault(f'E_{event}', dict(event=2, segments={}))['segments']
            segments[f'A_{action}'] = dict(timestamps=[[start, end + 0.5]], stages=1)
    write_json(labels / 'finegym_annotation_info_v1.1.json', annotation)
    return tmp_path


def test_floor(published, floor):
    assert isinstance(open_sport(floor), FineGymFloor)
    metadata = published / 'video_meta' / 'fx.json'
    sport = FineGymFloor(floor, metadata, protocol='reference')
    assert len(sport.classes) == len(set(sport.classes)) == 35
    assert [len(sport.actions(split)) for split in SPLITS] == [5408, 2226, 2226]
    assert sport.actions('val') == sport.actions('test')
    assert count_classes(sport, 'train_4_0') == [4] * 35
    assert min(count_classes(sport, 'test')) == 20

    clean = FineGymFloor(floor, metadata)
    counts = check_splits(clean)
    assert counts['test'] == 2226
    assert 0.13 < counts['val'] / (counts['val'] + counts['train']) <= 0.15
    recordings = [{a.id[:11] for a in clean.actions(split)} for split in ('train', 'val')]
    assert recordings[0].isdisjoint(recordings[1])
    few = read_id_file(clean.label_path('train_4_0.ids.txt'))
    assert len({a.id for a in clean.actions('train_4_0')} & set(few)) > 100
    for k in (4, 16):  # what is held out has been replaced
        assert count_classes(clean, f'train_{k}_1') == [k] * 35


@pytest.mark.parametrize(('version', 'infix'), [('v2', '_V2'), ('v1', '')])
def test_diving48(published, tmp_path, version, infix):
    """The names and few-shot splits are published ones, the labels are made."""
    labels = tmp_path / 'labels'
    labels.mkdir()
    for path in (published / 'diving48').iterdir():
        (labels / path.name).symlink_to(path)
    metadata = published / 'video_meta' / 'diving48.json'
    few = {name for path in labels.glob('*.ids.txt') for name in read_id_file(path)}
    rows = dict(train=[], test=[])
    for number, (name, meta) in enumerate(sorted(read_json(metadata).items())):
        row = dict(vid_name=name, start_frame=0, end_frame=meta['num_frames'], label=number % 48)
        rows['train' if name in few or number % 9 else 'test'].append(row)
    for split, content in rows.items():
        write_json(labels / f'Diving48{infix}_{split}.json', content)

    assert open_sport(tmp_path).version == version
    sport = Diving48(tmp_path, metadata, protocol='reference', version=version)
    assert len(sport.classes) == 48
    assert len(sport.actions('all')) == 18404
    assert len(sport.actions('train_64_0')) == 2843
    clean = Diving48(tmp_path, metadata, version=version)
    ids = [{a.id for a in clean.actions(split)} for split in SPLITS]
    assert sum(map(len, ids)) == len(set.union(*ids)) == 18404
    assert len(clean.actions('train_4_0')) == 188
    assert {a.id for a in clean.actions('train_4_0')} <= ids[0]
