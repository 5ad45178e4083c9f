import pytest

from vpd_mm.datasets.sports import CustomSport, FigureSkating
from vpd_mm.formats import (
    Action,
    Actions,
    FormatError,
    VideoMeta,
    write_actions,
    write_json,
    write_meta,
)
from vpd_mm.registry import SPORTS

TRAIN = 'men_olympic_short_program_2010_01_0_100'
TEST = 'women_world_short_program_2018_01_0_100'
META = VideoMeta(25.0, 400, 64, 48)


@pytest.fixture
def skating(tmp_path):
    labels = tmp_path / 'labels'
    labels.mkdir()
    lines = [f'{TRAIN}:100:110 axel', '', f'{TRAIN}:20:200 lutz', f'{TEST}:100:110 flip']
    (labels / 'all.txt').write_text('\n'.join([*lines, f'{TRAIN}:5:6 spin']) + '\n')
    (labels / 'val.ids.txt').write_text(f'{TRAIN}:20:200\n\n')
    (labels / 'train_4_0.ids.txt').write_text(f'{TRAIN}:100:110\n')
    for video in (TRAIN, TEST):
        write_meta_of(tmp_path, video)
    return tmp_path


def write_meta_of(root, video):
    folder = root / 'pose' / video
    folder.mkdir(parents=True)
    write_meta(folder, META)


def test_figure_skating(skating):
    sport = SPORTS.build(dict(type='FigureSkating', data_root=str(skating)))
    assert sport.videos == [TRAIN, TEST]
    assert sport.test_videos == {TEST}
    spans = {a.id: (a.start, a.end, a.label) for a in sport.actions('all')}
    assert spans == {
        f'{TRAIN}:100:110': (42, 117, 'axel'),
        f'{TRAIN}:20:200': (20, 200, 'lutz'),
        f'{TEST}:100:110': (42, 117, 'flip'),
    }
    for split, name in (('train', f'{TRAIN}:100:110'), ('train_4_0', f'{TRAIN}:100:110')):
        assert [a.id for a in sport.actions(split)] == [name]
    assert [a.id for a in sport.actions('val')] == [f'{TRAIN}:20:200']
    assert [a.id for a in sport.actions('test')] == [f'{TEST}:100:110']
    assert sport.embedding_path(TRAIN, 'vipe') == skating / f'embeddings/vipe/{TRAIN}.emb.pkl'


def test_metadata_in_one_file(skating):
    path = skating / 'meta.json'
    write_json(path, {TRAIN: vars(META)})
    sport = FigureSkating(skating, video_metadata=path)
    assert sport.video_meta(TRAIN) == META
    with pytest.raises(FormatError, match=f'lacks video {TEST}'):
        sport.actions('test')


def test_missing_files_are_named(skating, tmp_path):
    (skating / 'pose' / TEST / 'meta.json').unlink()
    with pytest.raises(FileNotFoundError, match=r'meta.json: the frame rate .*data/README.md'):
        FigureSkating(skating).actions('test')
    with pytest.raises(FileNotFoundError, match=r'train_8_0.ids.txt: .*make demo'):
        FigureSkating(skating).actions('train_8_0')
    with pytest.raises(FileNotFoundError, match=r'actions.json: .*make demo'):
        CustomSport(tmp_path / 'nothing').actions('train')


def test_damaged_labels(skating):
    path = skating / 'labels' / 'all.txt'
    for line in ('alone', f'{TRAIN}:a:b axel'):
        path.write_text(line)
        with pytest.raises(FormatError, match=r'all.txt'):
            FigureSkating(skating).actions('all')
    path.write_text(f'{TEST}:100:110 flip')
    with pytest.raises(FormatError, match='train_4_0 lists'):
        FigureSkating(skating).actions('train_4_0')


def test_custom_sport(tmp_path):
    actions = [
        Action('b', 'v', 5, 30, 'throw', {'subject': 'x'}),
        Action('a', 'w', 0, 9, 'sweep'),
    ]
    splits = {'train': ['b'], 'test': ['a'], 'train_1_0': ['b']}
    videos = {'v': META, 'w': META}
    write_actions(tmp_path / 'actions.json', Actions(['throw', 'sweep'], videos, actions, splits))
    sport = SPORTS.build(dict(type='CustomSport', data_root=str(tmp_path)))
    assert sport.classes == ('throw', 'sweep')
    assert [a.id for a in sport.actions('all')] == ['a', 'b']
    assert sport.actions('train_1_0') == [actions[0]]
    assert sport.test_videos == {'w'}
    assert sport.video_meta('v') == META
    with pytest.raises(FormatError, match=r'has no split val .*train_1_0'):
        sport.actions('val')
    with pytest.raises(FormatError, match='has no video z'):
        sport.video_meta('z')
