"""Label files of the published sports, well and badly made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from vpd_mm.datasets.sports import (
    CustomSport,
    Diving48,
    FigureSkating,
    FineGymFloor,
    PennAction,
    Sampling,
    Tennis,
    open_sport,
)
from vpd_mm.datasets.sports.ordering import shuffled
from vpd_mm.datasets.sports.splits import hold_out
from vpd_mm.formats import Action, FormatError, VideoMeta, write_json, write_meta

META = VideoMeta(25.0, 200, 64, 48)
MATCH = 'wimbledon_2018_mens'
TEST_MATCH = 'usopen_2019_womens_osaka_gauff'


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / 'labels'
    path.mkdir()
    return path


def write_lines(path, *lines):
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')


def tennis_lines(labels, *lines):
    for clip in (f'{MATCH}_0_200', f'{MATCH}_190_400', f'{TEST_MATCH}_0_200'):
        for player in ('front', 'back'):
            (labels.parent / 'pose' / f'{player}__{clip}').mkdir(parents=True, exist_ok=True)
            write_meta(labels.parent / 'pose' / f'{player}__{clip}', META)
    write_lines(labels / 'all.txt', *lines)
    write_lines(labels / 'val.ids.txt', f'{MATCH}:back:198', '')


def test_tennis(labels):
    tennis_lines(
        labels,
        f'{MATCH}:front:193 overhead',
        '',
        f'{MATCH}:back:198 forehand_slice',
        f'{MATCH}:back:100 serve',
        f'{MATCH}:back:500 overhead',
        f'{TEST_MATCH}:back:5 overhead',
    )
    write_lines(labels / 'train_1_0.ids.txt', f'{MATCH}:front:193', f'{MATCH}:back:100')
    sport = open_sport(labels.parent)
    assert isinstance(sport, Tennis)
    spans = {a.id: (a.video, a.start, a.end) for a in sport.actions('all')}
    assert spans == {  # of two clips, the one with more around the stroke
        f'{MATCH}:back:198': (f'back__{MATCH}_190_400', 0, 20),
        f'{MATCH}:front:193': (f'front__{MATCH}_0_200', 180, 205),
        f'{TEST_MATCH}:back:5': (f'back__{TEST_MATCH}_0_200', 0, 17),
    }
    assert sport.left_out == {f'{MATCH}:back:100', f'{MATCH}:back:500'}
    assert [a.id for a in sport.actions('train_1_0')] == [f'{MATCH}:front:193']
    assert [a.id for a in sport.actions('val')] == [f'{MATCH}:back:198']
    assert sport.test_videos == {f'front__{TEST_MATCH}_0_200', f'back__{TEST_MATCH}_0_200'}
    assert sport.frame_offset(f'front__{MATCH}_190_400') == 190
    assert sport.video_path(f'front__{MATCH}_190_400').name == f'{MATCH}_190_400.mp4'


def test_damaged_tennis(labels):
    for line in (f'{MATCH}:side:5 overhead', f'{MATCH}:front:x overhead', 'front:5 overhead'):
        tennis_lines(labels, line)
        with pytest.raises(FormatError, match=r'all\.txt: "'):
            Tennis(labels.parent).actions('all')
    with pytest.raises(FileNotFoundError, match='a clip <match>'):
        Tennis(labels.parent / 'nothing').test_videos  # noqa: B018


def test_labels_of_other_classes_are_counted(labels, caplog):
    for line in ('v:5:9 axle', 'v:5:9 axel', 'v:9:5 axel'):
        write_lines(labels / 'all.txt', line)
        sport = FigureSkating(labels.parent)
        if line.endswith('axle'):
            assert sport.labels == {} and sport.left_out == {'v:5:9'}
        elif line.startswith('v:5'):
            assert list(sport.labels) == ['v:5:9']
        else:
            with pytest.raises(FormatError, match='is not "video:start:end"'):
                sport.labels  # noqa: B018
    write_lines(labels / 'all.txt', 'v:5:9 axel', 'v:5:9 lutz')
    with pytest.raises(FormatError, match='v:5:9 has the labels axel and lutz'):
        FigureSkating(labels.parent).actions('all')


def floor_files(labels, segment):
    write_lines(labels / 'gym99_categories.txt', 'Clabel:   6; set: 21; Glabel:  67; (FX) leap')
    write_lines(labels / 'gym99_train_element_v1.1.txt', 'a_E_1_9_A_2_3 6', 'a_E_1_9_A_4_5 1')
    write_lines(labels / 'gym99_val_element.txt', 'b_E_1_9_A_2_3 6', 'lost_E_1_9_A_2_3 6')
    events = {'E_1_9': {'segments': {'A_2_3': segment}}}
    write_json(labels / 'finegym_annotation_info_v1.1.json', {'a': events, 'b': events})
    facts = {f'{video}_E_1_9': vars(META) for video in 'ab'}
    write_json(labels / 'meta.json', facts)
    return FineGymFloor(labels.parent, labels / 'meta.json')


def test_floor(labels):
    sport = floor_files(labels, {'timestamps': [[2.0, 2.5], [2.5, 3.0]]})
    assert sport.classes == ('leap',)
    assert [(a.id, a.start, a.end) for a in sport.actions('all')] == [
        ('a_E_1_9_A_2_3', 43, 76),
        ('b_E_1_9_A_2_3', 43, 76),
    ]
    assert sport.left_out == {'a_E_1_9_A_4_5', 'lost_E_1_9_A_2_3'}
    assert [a.video for a in sport.actions('test')] == ['b_E_1_9']
    with pytest.raises(ValueError, match="choose 'clean' or 'reference'"):
        FineGymFloor(labels.parent, protocol='dirty')


def test_damaged_floor(labels):
    with pytest.raises(FormatError, match=r'v1\.1\.json: lacks the times of'):
        floor_files(labels, {'timestamps': []}).actions('all')
    sport = floor_files(labels, {})
    write_lines(labels / 'gym99_categories.txt', 'Clabel: 6; set: 2; Glabel: 1; (VT) salto')
    with pytest.raises(FormatError, match='has no class of the floor exercise'):
        sport.actions('all')
    sport = floor_files(labels, {})
    (labels / 'finegym_annotation_info_v1.1.json').unlink()
    with pytest.raises(FileNotFoundError, match='the annotation of FineGym'):
        sport.actions('all')


def test_damaged_diving48(labels):
    good = dict(vid_name='a_1', start_frame=0, end_frame=9, label=0)
    write_lines(labels / 'diving48_label_map.txt', 'one', '', 'two')
    write_json(labels / 'Diving48_V2_test.json', [])
    bad = [dict(good, label=2), dict(good, end_frame=0), dict(vid_name='a'), 'a']
    for row in bad:
        write_json(labels / 'Diving48_V2_train.json', [good, row])
        with pytest.raises(FormatError, match=r'Diving48_V2_train\.json: (a_1: |has a dive)'):
            Diving48(labels.parent).actions('all')
    with pytest.raises(ValueError, match="choose 'v2' or 'v1'"):
        Diving48(labels.parent, version='v3')


def test_penn(labels):
    for number, (action, train) in enumerate([('bowl', 1), ('squat', 1), ('bowl', -1)] * 4):
        content = dict(action=action, train=train, nframes=20 + number, bbox=np.zeros((2, 4)))
        savemat(labels / f'{number:04d}.mat', content)
    sport = open_sport(labels.parent)
    assert isinstance(sport, PennAction)
    first = sport.actions('all')[0]
    assert (first.id, first.start, first.end, first.label) == ('0000', 0, 20, 'bowl')
    ids = [[a.id for a in sport.actions(split)] for split in ('train', 'val', 'test')]
    assert [len(one) for one in ids] == [7, 1, 4]
    assert sport.test_videos == set(ids[2]) == {'0002', '0005', '0008', '0011'}
    few = {a.id for a in sport.actions('train_1_0')}
    assert {sport.labels[name].label for name in few} == {'bowl', 'squat'}
    assert len(few) == 2 and few <= set(ids[0])
    write_lines(labels / 'train_1_0.ids.txt', ids[0][0])
    assert [a.id for a in sport.actions('train_1_0')] == [ids[0][0]]
    reference = PennAction(labels.parent, protocol='reference')
    assert reference.actions('val') == reference.actions('test')

    savemat(labels / '0000.mat', dict(action='juggle', train=1, nframes=3))
    with pytest.raises(FormatError, match=r"0000\.mat: 'juggle' is none of the 15"):
        PennAction(labels.parent).actions('all')
    (labels / '0000.mat').write_bytes(b'MATLAB')
    with pytest.raises(FormatError, match=r'0000\.mat: lacks action, nframes or train'):
        PennAction(labels.parent).actions('all')


def test_open_sport(tmp_path):
    with pytest.raises(FileNotFoundError, match='the labels of a sport'):
        open_sport(tmp_path)
    (tmp_path / 'actions.json').write_text('{}')
    assert isinstance(open_sport(tmp_path), CustomSport)


@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=60),
    fraction=st.floats(0.05, 0.5),
)
def test_what_is_held_out_are_whole_groups(rows, fraction):
    actions = [Action(str(i), 'v', 0, 1, str(label)) for i, (_, label) in enumerate(rows)]
    groups = {str(i): str(group) for i, (group, _) in enumerate(rows)}
    chosen = hold_out(actions, groups, fraction)
    assert chosen == hold_out(actions[::-1], groups, fraction)
    assert len(chosen) <= fraction * len(rows)
    assert {groups[i] for i in chosen}.isdisjoint({groups[i] for i in groups.keys() - chosen})
    for label in '0123':
        ids = {a.id for a in actions if a.label == label}
        assert 2 * len(ids - chosen) >= len(ids)


def test_the_order_stays_for_ever():
    assert shuffled('abcdef', 'x', 0) == ['b', 'd', 'c', 'e', 'a', 'f']


def test_sampling():
    rows, own = np.arange(12.0), np.arange(12) % 4 != 3
    assert Sampling().apply(rows, own, None) is rows
    gaps = Sampling(every_frame=False).apply(rows, own, None)
    assert gaps.tolist() == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    half = Sampling(target_fps=10, credit=0.0)
    assert half.apply(rows, own, 20.0).tolist() == [0, 2, 4, 6, 8, 10]
    assert half.apply(rows, own, 5.0).tolist() == rows.tolist()  # too few are not multiplied
    averaged = Sampling(target_fps=10, credit=0.0, average_skipped=True)
    assert averaged.apply(rows, own, 20.0).tolist() == [0, 1.5, 3.5, 5.5, 7.5, 9.5]
    assert averaged.apply(rows[:0], own[:0], 20.0).tolist() == []
