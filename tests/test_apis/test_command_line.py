from argparse import ArgumentParser

import numpy as np
import pytest

from vpd_mm.apis.command_line import (
    add_runner_arguments,
    read_config,
    user_errors_as_sentences,
)
from vpd_mm.formats import FormatError
from vpd_mm.registry import SPORTS


def test_missing_file_ends_in_its_sentence():
    with (
        pytest.raises(SystemExit, match='error: x: there is no such file'),
        user_errors_as_sentences(),
    ):
        raise FileNotFoundError('x: there is no such file')


def test_prefixes_of_registries_are_left_out(tmp_path):
    (tmp_path / 'actions.json').write_text('{}')
    with pytest.raises(SystemExit) as exit_, user_errors_as_sentences():
        SPORTS.build(dict(type='CustomSport', data_root=tmp_path)).actions('train')
    assert str(exit_.value).startswith(f'error: {tmp_path}/actions.json: ')


def test_defects_keep_their_traceback():
    with pytest.raises(ValueError, match='reshape'), user_errors_as_sentences():
        np.zeros(3).reshape(2, 2)


def test_format_errors_of_a_file_are_sentences(tmp_path):
    from vpd_mm.formats import read_actions

    (tmp_path / 'actions.json').write_text('no json')
    with pytest.raises(SystemExit, match=r'actions\.json'), user_errors_as_sentences():
        read_actions(tmp_path / 'actions.json')
    assert issubclass(FormatError, ValueError)


def parsed(*words):
    parser = ArgumentParser()
    parser.add_argument('config')
    add_runner_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def test_options_reach_the_config(tmp_path):
    (tmp_path / 'a.py').write_text('model = dict(depth=18)\n')
    cfg = read_config(parsed(tmp_path / 'a.py', '--cfg-options', 'model.depth=34'))
    assert cfg.model.depth == 34
    assert cfg.work_dir == './work_dirs/a'
    assert cfg.launcher == 'none'
    assert read_config(parsed(tmp_path / 'a.py', '--work-dir', 'w')).work_dir == 'w'


def test_missing_config(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no such config file'):
        read_config(parsed(tmp_path / 'none.py'))
