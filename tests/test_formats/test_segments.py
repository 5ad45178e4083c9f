import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpd_mm.formats import FormatError
from vpd_mm.formats.segments import Segment, parse_time, read_segments


@pytest.mark.parametrize(
    ('text', 'seconds'),
    [('0:07:39', 459), ('1:02:03.5', 3723.5), (' 12.25 ', 12.25), ('03:04', 184), ('100:00', 6000)],
)
def test_times(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize('text', ['', 'x', '-1', 'nan', '1:2:3:4', '1:', '1.', ':5', '1e3', '١'])
def test_no_times(text):
    if text == '١':  # a digit of another script is a digit
        assert parse_time(text) == 1
        return
    with pytest.raises(ValueError, match='is not a time in seconds or h:mm:ss'):
        parse_time(text)


@given(st.integers(0, 10**6), st.sampled_from([24.0, 25.0, 30000 / 1001, 50.0, 60000 / 1001]))
def test_a_frame_written_in_seconds_is_found_again(frame, fps):
    assert Segment('a', frame / fps, (frame + 1) / fps, 'a').frames(fps) == (frame, frame + 1)


def test_routines(tmp_path):
    path = tmp_path / 'segments.csv'
    path.write_text('video,order,start,end,duration\nfinal,1,0:07:39,0:10:27,0:02:48\n')
    segments, problems = read_segments(path)
    assert segments == [Segment('final', 459, 628, 'final_01')] and not problems
    assert segments[0].name(25) == 'final_01_00011475_00015700'


def test_any_list(tmp_path):
    path = tmp_path / 'points.csv'
    path.write_text('\ufeffplayer, end ,video,start\nx,2.5,final.mp4,0:01\n\ny,4,b.c,1\n')
    segments, problems = read_segments(path)
    assert segments == [Segment('final', 1, 2.5, 'final'), Segment('b.c', 1, 4, 'b.c')]
    assert segments[0].name(50) == 'final_00000050_00000125' and not problems


@pytest.mark.parametrize(
    ('row', 'said'),
    [
        ('a,1', "has no column 'end'"),
        ('a,1,x', "'x' is not a time"),
        ('a,2,2', 'ends at 2 s, not after its start at 2 s'),
        ('../a,1,2', "'../a' is not the name of a video"),
        ('.a,1,2', "'.a' is not the name of a video"),
        (',1,2', "'' is not the name of a video"),
    ],
)
def test_a_wrong_line_does_not_stop_the_rest(tmp_path, row, said):
    path = tmp_path / 'list.csv'
    path.write_text(f'video,start,end\n{row}\nb,1,2\n')
    segments, problems = read_segments(path)
    assert segments == [Segment('b', 1, 2, 'b')]
    ((where, problem),) = problems.items()
    assert where == f'{path}: line 2' and problem.startswith(said)


@pytest.mark.parametrize('order', ['', 'x', '-1', '1.5'])
def test_a_wrong_number_of_a_routine(tmp_path, order):
    path = tmp_path / 'segments.csv'
    path.write_text(f'video,order,start,end,duration\na,{order},1,2,1\n')
    assert list(read_segments(path)[1].values()) == [f'{order!r} is not the number of a routine']


@pytest.mark.parametrize('content', [b'', b'a,b\n1,2\n', b'video,start\na,1\n', b'\xff\xfe\x00'])
def test_no_list(tmp_path, content):
    path = tmp_path / 'list.csv'
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r'list.csv: (is not a list in CSV|lacks a header line)'):
        read_segments(path)


def event(number, *times):
    return {'event': number, 'timestamps': [list(times)], 'segments': None}


def test_events(tmp_path):
    path = tmp_path / 'annotation.json'
    events = {
        'E_000001_000003': event(2, 1.25, 3.5),
        'E_000004_000005': event(1, 4, 5),
        'E_000007_000008': event(9, 7, 8),
        'E_000009_000010': event(2, 9),
        'E_000011_000012': {'event': 2},
    }
    path.write_bytes(orjson.dumps({'-_x': events}))
    floor, problems = read_segments(path, ['floor'])
    assert floor == [Segment('-_x', 1.25, 3.5, '-_x_E_000001_000003', numbered=False)]
    assert floor[0].name(25) == '-_x_E_000001_000003'
    assert [where.rsplit('/')[-1] for where in problems] == [
        'annotation.json: -_x E_000009_000010',
        'annotation.json: -_x E_000011_000012',
    ]
    assert set(problems.values()) == {'has no "timestamps" [[start, end]] in seconds'}
    assert [segment.start for segment in read_segments(path)[0]] == [1.25, 4]


@pytest.mark.parametrize('content', ['[]', '{"a": []}', '{"a": '])
def test_no_annotation(tmp_path, content):
    path = tmp_path / 'annotation.json'
    path.write_text(content)
    with pytest.raises(FormatError):
        read_segments(path)


@given(content=st.binary(max_size=200))
def test_whatever_a_list_holds_is_read_or_refused(content, tmp_path_factory):
    path = tmp_path_factory.mktemp('lists') / 'list.csv'
    path.write_bytes(b'video,start,end\n' + content)
    try:
        segments, problems = read_segments(path)
    except FormatError:
        return
    assert len(segments) + len(problems) <= content.count(b'\n') + content.count(b'\r') + 1
