"""Times of cuts, against golden topic 12, and the published names of cut videos."""

import numpy as np
import pytest

from vpd_mm.datasets.preparation.video_cutting import frame_time
from vpd_mm.formats import read_json
from vpd_mm.formats.segments import parse_time, read_segments


def test_time_strings(golden):
    data = golden('12_formats')
    seconds = [parse_time(text) for text in data['in_time_strings'].tolist()]
    np.testing.assert_allclose(seconds, data['out_time_seconds'], rtol=0, atol=1e-9)


def test_start_times_of_cuts(golden):
    data = golden('12_formats')
    times = frame_time(data['in_cut_start_frames'], data['in_cut_fps'][:, None])
    np.testing.assert_allclose(times, data['out_cut_seek_corrected'], rtol=0, atol=1e-9)


def test_published_names_of_routines(golden_dir):
    labels = golden_dir.parent / 'labels'
    if not labels.is_dir():
        pytest.skip('the published labels are not beside the repository')
    segments, problems = read_segments(labels / 'fs' / 'segments.csv')
    published = read_json(labels / 'video_meta' / 'fs.json')
    assert not problems
    assert {segment.name(25) for segment in segments} == set(published)
    for segment in segments:
        start, end = segment.frames(25)
        assert published[segment.name(25)]['num_frames'] == end - start
