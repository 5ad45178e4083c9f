"""Labels as annotation programs write them: ELAN, tables, event lists, and actions of spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpd_mm.formats import FormatError, VideoMeta, write_json
from vpd_mm.formats.elan import read_elan, write_elan
from vpd_mm.formats.label_tables import read_label_table
from vpd_mm.formats.spans import Span, spans_to_actions
from vpd_mm.formats.spotting import read_spotting

META = VideoMeta(25.0, 100, 8, 8)
ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT>
  <HEADER><MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/clips/the%20final.mp4" MIME_TYPE="video/mp4"
    TIME_ORIGIN="500"/></HEADER>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="2500"/>
    <TIME_SLOT TIME_SLOT_ID="t3"/>
  </TIME_ORDER>
  <TIER TIER_ID="throws" PARTICIPANT="anna">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2">
      <ANNOTATION_VALUE> uchi mata </ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="t2" TIME_SLOT_REF2="t3">
      <ANNOTATION_VALUE>no end</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER TIER_ID="scores">
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1">
      <ANNOTATION_VALUE>ippon</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a1">
      <ANNOTATION_VALUE></ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
  </TIER>
</ANNOTATION_DOCUMENT>
"""


def test_elan(tmp_path):
    path = tmp_path / 'one.eaf'
    path.write_text(ELAN, encoding='utf-8')
    throw, score = read_elan(path)
    assert (throw.video, throw.start, throw.end, throw.label) == (
        'the final',
        1.5,
        3.0,
        'uchi mata',
    )
    assert throw.fields == dict(tier='throws', participant='anna')
    assert (score.start, score.end, score.label) == (1.5, 3.0, 'ippon')
    assert [span.label for span in read_elan(path, ['scores'])] == ['ippon']
    with pytest.raises(FormatError, match=r'has no tier falls \(it has: throws, scores\)'):
        read_elan(path, ['falls'])
    path.write_text(ELAN.replace('MEDIA_URL', 'OTHER'), encoding='utf-8')
    assert read_elan(path)[0].video == 'one'


def test_written_elan_is_read(tmp_path):
    """What overlaps stands on a tier of its own, which ELAN asks for."""
    spans = [
        Span('a game', start, end, label)
        for start, end, label in [(1.04, 2.5, 'ö <&>'), (0.2, 1.2, 'ö <&>'), (1.1, 3, 'b')]
    ]
    path = tmp_path / 'detected.eaf'
    write_elan(path, spans, tmp_path / 'a game.mp4')
    found = read_elan(path)
    assert sorted((s.start, s.end, s.label) for s in found) == sorted(
        (s.start, s.end, s.label) for s in spans
    )
    assert {s.video for s in found} == {'a game'}
    tiers = {(s.start, s.fields['tier']) for s in found}
    assert tiers == {(0.2, 'ö <&>'), (1.04, 'ö <&> 2'), (1.1, 'b')}
    write_elan(path, [])
    assert read_elan(path) == []


@pytest.mark.parametrize('text', ['', '<a/>', ELAN[:700], ELAN.replace('TIME_SLOT_REF1', 'X')])
def test_damaged_elan(tmp_path, text):
    path = tmp_path / 'one.eaf'
    path.write_text(text, encoding='utf-8')
    with pytest.raises(FormatError, match=r'one\.eaf: (is not an annotation|has an annotation wi)'):
        read_elan(path)


def test_tables(tmp_path):
    path = tmp_path / 'labels.csv'
    path.write_text(
        '\ufeffvideo;label;start;end;subject;split\n'
        'v.mp4;throw;0:01;2.5;anna;train\n;;;;;\nv;;1;2;;\nw.2;fall;1;x;;\n',
        encoding='utf-8',
    )
    spans, problems = read_label_table(path)
    assert [(s.video, s.start, s.end, s.label, s.split) for s in spans] == [
        ('v', 1.0, 2.5, 'throw', 'train')
    ]
    assert spans[0].fields == {'subject': 'anna'}
    assert problems == {
        f'{path}: row 4': 'has no label',
        f'{path}: row 5': "'x' is not a time in seconds or h:mm:ss",
    }
    path.write_text('video,label,frame\nv,throw,12\nv,throw,1.5\n')
    spans, problems = read_label_table(path)
    assert (spans[0].start, spans[0].end, spans[0].in_frames) == (12, None, True)
    assert list(problems.values()) == ["'1.5' is not the number of a frame"]
    for text in ('', 'video,label\nv,throw\n'):
        path.write_text(text)
        with pytest.raises(FormatError, match=r'labels\.csv: (is not a table|lacks the columns)'):
            read_label_table(path)


def test_spotting(tmp_path):
    event = dict(frame=12, label='serve', comment='', player='far')
    entry = dict(video='v', fps=25.0, num_frames=100, events=[event], num_events=1)
    write_json(tmp_path / 'val.json', [entry])
    (span,), videos = read_spotting(tmp_path / 'val.json')
    assert videos == {'v': VideoMeta(25.0, 100, 0, 0)}
    assert (span.start, span.end, span.label, span.split) == (12, None, 'serve', 'val')
    assert span.fields == {'player': 'far'}

    write_json(tmp_path / 'a.json', [entry | dict(fps=-1)])
    assert read_spotting(tmp_path / 'a.json', 30.0)[1]['v'].fps == 30.0
    damaged = {
        'has no frame rate': [entry | dict(fps=-1)],
        'lists video v twice': [entry, entry],
        'lacks "events"': [dict(video='v')],
        'without a "frame"': [entry | dict(events=[dict(label='serve')])],
        'is not a list': {},
        'without "video"': [1],
    }
    for problem, content in damaged.items():
        write_json(tmp_path / 'a.json', content)
        with pytest.raises(FormatError, match=problem):
            read_spotting(tmp_path / 'a.json')


def test_actions_of_spans():
    spans = [
        Span('v', 1.0, 2.0, 'b', fields={'subject': 'x'}, split='train'),
        Span('v', 1.0, 2.0, 'b'),  # listed twice
        Span('v', 25, 50, 'a', in_frames=True),  # the same span with another label
        Span('v', 3.0, 4.5, 'b'),  # reaches a little beyond the end
        Span('v', 2.0, None, 'a'),
        Span('w', 1.0, 2.0, 'a', where='x'),
        Span('v', 5.0, 6.0, 'c', where='y'),
        Span('v', 2.0, 1.0, 'c', where='z'),
        Span('v', 200, None, 'c', in_frames=True, where='e'),
    ]
    actions, problems = spans_to_actions(spans, {'v': META, 'unused': META}, radius=0.2)
    assert [(a.id, a.label) for a in actions.actions] == [
        ('v:25:50:a', 'a'),
        ('v:25:50:b', 'b'),
        ('v:45:56', 'a'),
        ('v:75:100', 'b'),
    ]
    assert actions.classes == ['a', 'b'] and actions.videos == {'v': META}
    assert actions.splits == {'train': ['v:25:50:b']}
    assert actions.actions[1].fields == {'subject': 'x'}
    assert problems == {
        'x': 'video w has no known frame rate and length',
        'y': 'frames 125 to 150 are not in the 100 frames of the video',
        'z': 'ends at 1, not after its start at 2',
        'e': 'frame 200 is not in the 100 frames of the video',
    }


@given(st.floats(0, 4), st.floats(0, 4), st.floats(1, 120), st.integers(1, 200))
def test_frames_are_in_the_video(start, length, fps, num_frames):
    span, meta = Span('v', start, start + length, 'a'), VideoMeta(fps, num_frames, 0, 0)
    try:
        first, last = span.frames(meta, 0.0)
    except ValueError:
        return
    assert 0 <= first < last <= num_frames
