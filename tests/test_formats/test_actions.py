import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpd_mm.formats import (
    Action,
    Actions,
    FormatError,
    VideoMeta,
    read_actions,
    read_json,
    write_actions,
    write_json,
)

CONTENT = {
    'classes': ['axel', 'lutz'],
    'videos': {'v': {'fps': 25.0, 'num_frames': 100, 'width': 64, 'height': 48}},
    'actions': [
        {'id': 'v:0:10', 'video': 'v', 'start': 0, 'end': 10, 'label': 'axel', 'subject': 's1'},
        {'id': 'v:90:100', 'video': 'v', 'start': 90, 'end': 100, 'label': 'lutz'},
    ],
    'splits': {'train': ['v:0:10'], 'test': ['v:90:100'], 'train_1_0': []},
}


def test_read(tmp_path):
    write_json(tmp_path / 'actions.json', CONTENT)
    actions = read_actions(tmp_path / 'actions.json')
    assert actions.classes == ['axel', 'lutz']
    assert actions.videos == {'v': VideoMeta(25.0, 100, 64, 48)}
    assert actions.actions[0] == Action('v:0:10', 'v', 0, 10, 'axel', {'subject': 's1'})
    assert actions.splits == CONTENT['splits']


def test_write_gives_back_what_was_read(tmp_path):
    write_json(tmp_path / 'a.json', CONTENT)
    write_actions(tmp_path / 'b.json', read_actions(tmp_path / 'a.json'))
    assert read_json(tmp_path / 'b.json') == CONTENT


@settings(max_examples=25)
@given(
    spans=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), max_size=5),
    names=st.lists(st.text(min_size=1, max_size=5), min_size=5, max_size=5, unique=True),
)
def test_round_trip(spans, names, tmp_path_factory):
    actions = [
        Action(name, 'v', start, start + length, 'c', {'match': name})
        for name, (start, length) in zip(names, spans, strict=False)
    ]
    ids = [action.id for action in actions]
    content = Actions(['c'], {'v': VideoMeta(30.0, 100, 8, 8)}, actions, {'train': ids})
    path = tmp_path_factory.mktemp('actions') / 'actions.json'
    write_actions(path, content)
    assert read_actions(path) == content


def changed(path, value):
    content = copy.deepcopy(CONTENT)
    target = content
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ('path', 'value', 'sentence'),
    [
        (('actions', 1, 'id'), 'v:0:10', 'action id v:0:10 occurs more than once'),
        (('actions', 1, 'video'), 'w', 'action v:90:100: video w is not among "videos"'),
        (('actions', 1, 'label'), 'flip', 'action v:90:100: label flip is not among "classes"'),
        (('actions', 1, 'start'), 100, 'start 100 and end 100 are no interval'),
        (('actions', 1, 'start'), -1, 'start -1 and end 100 are no interval'),
        (('actions', 1, 'end'), 101, 'end 101 is beyond the 100 frames of video v'),
        (('actions', 1, 'end'), 95.5, 'start and end must be whole numbers'),
        (('actions', 1, 'label'), 3, 'id, video and label must be text'),
        (('actions', 1), {'id': 'x'}, 'has an action without one of id, video'),
        (('splits', 'train'), ['v:1:2'], 'split train: v:1:2 is not the id of an action'),
        (('splits', 'train'), ['v:0:10'] * 2, 'split train: action id v:0:10 occurs more than'),
        (('splits', 'train'), 'v:0:10', 'split train is not a list of action ids'),
        (('classes',), ['axel', 'lutz', 'axel'], 'class axel occurs more than once'),
        (('classes',), [1], 'has a class whose name is not text'),
        (('classes',), None, 'lacks "classes" as a list'),
        (('videos',), [], 'lacks "videos" as an object'),
        (('videos', 'v', 'fps'), 0, 'video v: has a frame rate'),
    ],
)
def test_contradictions_are_one_error(tmp_path, path, value, sentence):
    write_json(tmp_path / 'actions.json', changed(path, value))
    with pytest.raises(FormatError) as caught:
        read_actions(tmp_path / 'actions.json')
    assert str(caught.value).startswith(f'{tmp_path / "actions.json"}: ')
    assert sentence in str(caught.value)


def test_contradictions_are_not_written(tmp_path):
    actions = Actions(['c'], {}, [Action('a', 'v', 0, 1, 'c')], {})
    with pytest.raises(FormatError, match='video v is not among'):
        write_actions(tmp_path / 'actions.json', actions)
    assert not (tmp_path / 'actions.json').exists()


def test_numpy_frame_numbers_are_written_as_numbers(tmp_path):
    meta = VideoMeta(25.0, 10, 8, 8)
    action = Action('a', 'v', np.int64(1), np.int64(3), 'c')
    write_actions(tmp_path / 'actions.json', Actions(['c'], {'v': meta}, [action], {}))
    assert read_actions(tmp_path / 'actions.json').actions == [Action('a', 'v', 1, 3, 'c')]
