"""Labelled actions and splits of a data set of one's own: ``actions.json``."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .errors import FormatError
from .json_files import read_json, write_json
from .poses import VideoMeta, _video_meta

_ACTION_KEYS = ('id', 'video', 'start', 'end', 'label')


@dataclass
class Action:
    """One labelled interval of a video.

    Attributes:
        id: Unique name.
        video: Name of the video.
        start: First frame, from 0.
        end: Frame after the last.
        label: Name of the class.
        fields: Further values to group by, such as ``subject``.
    """

    id: str
    video: str
    start: int
    end: int
    label: str
    fields: dict = field(default_factory=dict)


@dataclass
class Actions:
    """Classes, videos, labelled intervals, and splits as lists of action ids."""

    classes: list[str]
    videos: dict[str, VideoMeta]
    actions: list[Action]
    splits: dict[str, list[str]]


def read_actions(path: str | Path) -> Actions:
    """Read and check ``actions.json``.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged, or an action or a split contradicts the rest.
    """
    content = read_json(path)
    for key, kind in (('classes', list), ('videos', dict), ('actions', list), ('splits', dict)):
        if not isinstance(content, dict) or not isinstance(content.get(key), kind):
            raise FormatError(path, f'lacks "{key}" as {"a list" if kind is list else "an object"}')
    actions = Actions(
        content['classes'],
        {v: _video_meta(f'{path}: video {v}', m) for v, m in content['videos'].items()},
        [_read_action(path, row) for row in content['actions']],
        content['splits'],
    )
    check_actions(actions, path)
    return actions


def write_actions(path: str | Path, actions: Actions) -> None:
    """Check and write ``actions.json``.

    Raises:
        FormatError: If an action or a split contradicts the rest.
    """
    check_actions(actions, path)
    rows = [
        {**action.fields, **{key: getattr(action, key) for key in _ACTION_KEYS}}
        for action in actions.actions
    ]
    content = {
        'classes': list(actions.classes),
        'videos': {video: vars(meta) for video, meta in actions.videos.items()},
        'actions': rows,
        'splits': {split: list(ids) for split, ids in actions.splits.items()},
    }
    write_json(path, content, indent=True)


def _is_number(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _read_action(path: str | Path, row) -> Action:
    if not isinstance(row, dict) or any(key not in row for key in _ACTION_KEYS):
        raise FormatError(path, f'has an action without one of {", ".join(_ACTION_KEYS)}: {row}')
    if not all(isinstance(row[key], str) for key in ('id', 'video', 'label')):
        raise FormatError(path, f'action {row["id"]}: id, video and label must be text')
    if not (_is_number(row['start']) and _is_number(row['end'])):
        raise FormatError(path, f'action {row["id"]}: start and end must be whole numbers')
    fields = {key: value for key, value in row.items() if key not in _ACTION_KEYS}
    return Action(*(row[key] for key in _ACTION_KEYS), fields)


def check_actions(actions: Actions, path: str | Path) -> None:
    """Check that classes, videos, actions and splits agree.

    Args:
        actions (Actions): What to check.
        path: File to name in the error.

    Raises:
        FormatError: If they do not; the message names the first contradiction.
    """
    if not all(isinstance(name, str) for name in actions.classes):
        raise FormatError(path, 'has a class whose name is not text')
    _check_unique(path, 'class', actions.classes)
    _check_unique(path, 'action id', [action.id for action in actions.actions])
    classes = set(actions.classes)
    for action in actions.actions:
        problem = _action_problem(action, actions.videos, classes)
        if problem:
            raise FormatError(path, f'action {action.id}: {problem}')
    _check_splits(path, actions)


def _check_unique(path: str | Path, what: str, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise FormatError(path, f'{what} {twice[0]} occurs more than once; make it unique')


def _action_problem(action: Action, videos: dict[str, VideoMeta], classes: set) -> str | None:
    if action.video not in videos:
        return f'video {action.video} is not among "videos"; add it'
    if action.label not in classes:
        return f'label {action.label} is not among "classes"; add it'
    if not 0 <= action.start < action.end:
        return f'start {action.start} and end {action.end} are no interval (end is exclusive)'
    length = videos[action.video].num_frames
    if action.end > length:
        return f'end {action.end} is beyond the {length} frames of video {action.video}'
    return None


def _check_splits(path: str | Path, actions: Actions) -> None:
    known = {action.id for action in actions.actions}
    for split, ids in actions.splits.items():
        if not isinstance(ids, list) or not all(isinstance(name, str) for name in ids):
            raise FormatError(path, f'split {split} is not a list of action ids')
        _check_unique(path, f'split {split}: action id', ids)
        unknown = [name for name in ids if name not in known]
        if unknown:
            raise FormatError(path, f'split {split}: {unknown[0]} is not the id of an action')
