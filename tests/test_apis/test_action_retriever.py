import subprocess
import sys

import numpy as np
import pytest

from vpd_mm.alignment import dtw_distance
from vpd_mm.apis import ActionRetriever
from vpd_mm.formats import Action, FormatError, write_embeddings

RNG = np.random.default_rng(0)
STEPS = [0, 40, 80, 120]


def make_videos():
    return {video: RNG.normal(size=(160, 2, 4)).cumsum(0) for video in 'vwxyz'}


@pytest.fixture(scope='module')
def videos():
    return make_videos()


@pytest.fixture(scope='module')
def actions(videos):
    return [
        Action(f'{video}{start}', video, start, start + 30 + 2 * n, 'ab'[n % 2], dict(n=n))
        for video in videos
        for n, start in enumerate(STEPS)
    ]


@pytest.fixture(scope='module')
def retriever(videos, actions):
    return ActionRetriever().fit(videos, actions)


def rows_of(videos, action):
    return videos[action.video][action.start : action.end].reshape(-1, 8).astype(np.float32)


def test_query_is_exact(retriever, videos, actions):
    asked = actions[5]
    found = retriever.query((asked.video, asked.start, asked.end), k=30)
    rows = rows_of(videos, asked)
    expected = {a.id: dtw_distance(rows, rows_of(videos, a)) for a in actions if a.id != asked.id}
    assert {m.action.id: m.distance for m in found} == pytest.approx(
        {name: value for name, value in expected.items() if np.isfinite(value)}, rel=1e-5
    )
    assert [m.distance for m in found] == sorted(m.distance for m in found)
    first = found[0]
    assert first.alignment[0].tolist() == [0, first.start]
    assert first.alignment[-1].tolist() == [len(rows) - 1, first.end - 1]


def test_query_by_sequence_finds_the_action_itself(retriever, videos, actions):
    asked = actions[6]
    sequence = videos[asked.video][asked.start : asked.end]
    for query in (sequence, sequence.reshape(len(sequence), -1)):
        best = retriever.query(query, k=1)[0]
        assert best.action == asked and best.distance == pytest.approx(0)


def test_files_are_read_as_arrays(tmp_path, videos, actions):
    for video, rows in videos.items():
        frames = np.arange(160)[3:]
        write_embeddings(tmp_path / f'{video}.emb.pkl', frames, rows[frames])
    library = ActionRetriever().fit(tmp_path, [*actions, Action('n', 'none', 0, 9, 'a')])
    assert [action.id for action in library.left_out] == ['n']
    found = library.query(('w', 0, 34), k=3)
    assert found and all(match.alignment[0, 1] >= max(match.start, 3) for match in found)
    (place,) = library.find(('w', 40, 72), k=1)
    assert place.video != 'w' or place.end <= 40 or place.start >= 72
    assert [m.video for m in library.find(np.ones((9, 8)), tmp_path, 2)]


def test_save_and_load(tmp_path, retriever):
    retriever.save(tmp_path / 'library.npz')
    other = ActionRetriever.load(tmp_path / 'library.npz')
    assert other.actions == retriever.actions
    query = ('x', 40, 72)
    for one, two in zip(retriever.query(query, 5), other.query(query, 5), strict=True):
        assert (one.action, one.distance) == (two.action, two.distance)
        np.testing.assert_array_equal(one.alignment, two.alignment)


@pytest.mark.parametrize('content', [b'', b'not numbers', b'PK\x03\x04', None])
def test_damaged_libraries(tmp_path, content):
    path = tmp_path / 'library.npz'
    if content is None:
        np.savez(path, rows=np.zeros((2, 2)), library=np.frombuffer(b'{"videos": [5]}', np.uint8))
    else:
        path.write_bytes(content)
    with pytest.raises(FormatError, match='save it again'):
        ActionRetriever.load(path)


def test_find_planted_copies(retriever, videos):
    query = RNG.normal(size=(30, 2, 4)).cumsum(0)
    long = RNG.normal(size=(300, 2, 4)) + 50
    long[50:80] = query
    other = RNG.normal(size=(200, 2, 4)) - 50
    other[100:142] = query[np.linspace(0, 29, 42).round().astype(int)]
    found = retriever.find(query, dict(a=long, b=other), k=2)
    assert [(m.video, m.start, m.end) for m in found] == [('a', 50, 80), ('b', 100, 142)]
    assert found[0].alignment.tolist() == [[n, 50 + n] for n in range(30)]
    assert found[0].action is None


def test_find_leaves_the_query_out(retriever):
    for match in retriever.find(('v', 40, 72), k=30):
        assert match.video != 'v' or match.end <= 40 or match.start >= 72
        assert (match.alignment[0, 1], match.alignment[-1, 1]) == (match.start, match.end - 1)


def test_candidates(videos, actions, retriever):
    pytest.importorskip('faiss')
    few = ActionRetriever(candidates=8).fit(videos, actions)
    all_of_them = ActionRetriever(candidates=100).fit(videos, actions)
    hits = 0
    for action in actions:
        place = (action.video, action.start, action.end)
        best = [m.action.id for m in retriever.query(place, 3, align=False)]
        assert [m.action.id for m in all_of_them.query(place, 3, align=False)] == best
        hits += len(set(best) & {m.action.id for m in few.query(place, 3, align=False)})
    assert hits >= 0.8 * 3 * len(actions)


def test_candidates_need_faiss(monkeypatch, videos, actions):
    monkeypatch.setitem(sys.modules, 'faiss', None)
    with pytest.raises(ImportError, match='candidates need faiss'):
        ActionRetriever(candidates=8).fit(videos, actions)


def test_errors(retriever, videos, actions):
    with pytest.raises(ValueError, match='k is 0'):
        retriever.query(('v', 0, 30), 0)
    with pytest.raises(ValueError, match='video q is not in the library'):
        retriever.query(('q', 0, 30))
    with pytest.raises(ValueError, match='the library needs 1 or more rows of 8'):
        retriever.query(np.zeros((5, 3)))
    with pytest.raises(ValueError, match='frames 500 to before 600 of video v; it has'):
        retriever.query(('v', 500, 600))
    with pytest.raises(ValueError, match='the library is empty'):
        ActionRetriever().query(('v', 0, 30))
    with pytest.raises(FileNotFoundError, match='none of the 1 actions has embeddings'):
        ActionRetriever().fit(videos, [Action('n', 'none', 0, 9, 'a')])
    with pytest.raises(ValueError, match='videos have'):
        ActionRetriever().fit(videos | {'w': np.zeros((99, 3))}, actions)
    with pytest.raises(ValueError, match='candidates is 0'):
        ActionRetriever(candidates=0)


def test_one_frame_and_nan(videos, caplog):
    rows = {v: part.copy() for v, part in videos.items()}
    rows['v'][3] = np.nan
    actions = [Action('short', 'v', 3, 4, 'a'), Action('long', 'w', 0, 30, 'a')]
    library = ActionRetriever().fit(rows, actions)
    assert [m.action.id for m in library.query(np.zeros((1, 8)), 5)] == ['short']
    assert '1 of 2 videos have NaN' in caplog.text


def test_import_needs_no_framework():
    code = (
        'import sys; from vpd_mm.apis import ActionRetriever; sys.exit("mmengine" in sys.modules)'
    )
    assert subprocess.run([sys.executable, '-c', code]).returncode == 0
