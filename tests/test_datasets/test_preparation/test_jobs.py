from functools import partial
from pathlib import Path

import pytest

from vpd_mm.datasets.preparation import (
    exit_with_failures,
    find_jobs,
    keep_settings,
    map_videos,
)
from vpd_mm.formats import FormatError


def touch(name, folder):
    if name == 'bad':
        raise ValueError('bad.mp4: is bad; mend it')
    if name == 'defect':
        raise KeyError('x')
    (folder / name).touch()


def test_a_bad_video_does_not_stop_the_rest(tmp_path):
    names = ['a', 'defect', 'bad', 'b']
    failures = map_videos(partial(touch, folder=tmp_path), names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ['a', 'b']
    assert failures == {'defect': "KeyError: 'x'", 'bad': 'bad.mp4: is bad; mend it'}


def test_failures_in_workers_are_returned(tmp_path):
    names = [tmp_path / 'missing' / 'a', tmp_path / 'b', tmp_path / 'missing' / 'c']
    failures = map_videos(Path.touch, names, workers=2)
    assert list(failures) == [names[0], names[2]]
    assert 'No such file' in failures[names[0]]
    assert (tmp_path / 'b').exists()


def test_no_videos_is_no_work():
    assert map_videos(touch, []) == {}
    exit_with_failures({})


def test_failures_end_the_program():
    with pytest.raises(SystemExit) as caught:
        exit_with_failures({'bad': 'bad.mp4: is bad'})
    assert caught.value.code == 'error: bad: bad.mp4: is bad\n1 failed; run again to retry them'


@pytest.fixture
def folders(tmp_path):
    for name in ('a.mp4', 'b.avi', 'c.mp4', 'notes.txt'):
        (tmp_path / 'videos' / name).parent.mkdir(exist_ok=True)
        (tmp_path / 'videos' / name).touch()
    for name in ('a', 'front__b', 'back__b', 'd'):
        (tmp_path / 'pose' / name).mkdir(parents=True)
    return tmp_path / 'videos', tmp_path / 'pose'


def test_pose_directories_are_paired_with_videos(folders):
    videos, missing = find_jobs(*folders)
    assert {name: path.name for name, path in videos.items()} == {
        'a': 'a.mp4',
        'back__b': 'b.avi',
        'front__b': 'b.avi',
    }
    assert sorted(missing) == ['c', 'd']
    assert 'has no pose directory' in missing['c'] and 'has no video' in missing['d']


def test_only_wanted_names_can_be_missing(folders):
    assert find_jobs(*folders, ['a'])[1] == {}
    videos, missing = find_jobs(*folders, ['a', 'z'])
    assert list(videos) == ['a'] and list(missing) == ['z']


def test_no_pose_directory_at_all_is_one_sentence(folders, tmp_path):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(FileNotFoundError, match='has no pose directory; extract the poses first'):
        find_jobs(folders[0], tmp_path / 'empty')
    with pytest.raises(FileNotFoundError, match='nowhere'):
        find_jobs(tmp_path / 'nowhere', folders[1])


def test_settings_are_kept_and_compared(tmp_path):
    note = tmp_path / 'crops' / 'crops.json'
    keep_settings(note, dict(dim=64, smooth=True))
    keep_settings(note, dict(dim=128, smooth=True))  # nothing was made yet
    (note.parent / 'a').mkdir()
    keep_settings(note, dict(dim=128, smooth=True))
    with pytest.raises(
        FormatError, match=r'crops\.json: says .* with dim 128, not 64; give the same'
    ):
        keep_settings(note, dict(dim=64, smooth=True))
    with pytest.raises(FormatError, match='with flow unset, not off'):
        keep_settings(note, dict(dim=128, smooth=True, flow=False))
