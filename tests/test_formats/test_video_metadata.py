"""Facts of videos read back as they were written."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vpd_mm.formats import VideoMeta, read_meta, read_video_metadata, write_json, write_meta

metas = st.builds(
    VideoMeta,
    st.floats(0.1, 1000),
    st.integers(0, 2**40),
    st.integers(1, 2**20),
    st.integers(1, 2**20),
)


@settings(max_examples=50)
@given(meta=metas)
def test_metadata_of_one_video_round_trip(meta, tmp_path_factory):
    folder = tmp_path_factory.mktemp('pose')
    write_meta(folder, meta)
    assert read_meta(folder) == meta


@settings(max_examples=50)
@given(videos=st.dictionaries(st.text(st.characters(codec='utf-8')), metas, max_size=5))
def test_metadata_of_many_videos_round_trip(videos, tmp_path_factory):
    path = tmp_path_factory.mktemp('set') / 'videos.json'
    write_json(path, {video: vars(meta) for video, meta in videos.items()})
    assert read_video_metadata(path) == videos
