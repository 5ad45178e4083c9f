"""The demo data set on disk: the same for any workers, complete, readable, true to the scene."""

import numpy as np
import pytest

from vpd_mm.formats import (
    FormatError,
    iter_frames,
    list_pose_videos,
    read_boxes,
    read_masks,
    read_meta,
    read_pose_views,
    read_poses,
    read_poses3d,
)
from vpd_mm.synthetic import DemoSpec, make_demo_data
from vpd_mm.synthetic import dataset as dataset_module
from vpd_mm.synthetic.dataset import Scene, make_video, routine_of
from vpd_mm.synthetic.moves import JUMPS
from vpd_mm.synthetic.people import ACTIONS, CAMERAS, FRAMES, PEOPLE
from vpd_mm.synthetic.splits import plan_videos, write_labels

SPEC = DemoSpec(videos=3, seed=5, size=(128, 96), seconds=6.0)


@pytest.fixture(scope='module')
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp('demo') / 'fs'
    notes = []
    make_demo_data(out, SPEC, workers=2, report=notes.append)
    return out, notes


def test_one_worker_makes_the_same(demo, tmp_path):
    out, _ = demo
    make_demo_data(tmp_path / 'fs', SPEC, workers=1, report=lambda text: None)
    files = sorted(p.relative_to(out) for p in out.rglob('*') if p.is_file())
    assert files == sorted(
        p.relative_to(tmp_path / 'fs') for p in (tmp_path / 'fs').rglob('*') if p.is_file()
    )
    different = [
        str(f) for f in files if (out / f).read_bytes() != (tmp_path / 'fs' / f).read_bytes()
    ]
    assert [f for f in different if not f.endswith('.mp4')] == []


def test_layout_is_readable(demo):
    out, notes = demo
    folders = list_pose_videos(out / 'pose')
    assert len(folders) == 3
    for name, folder in folders.items():
        meta = read_meta(folder)
        assert (meta.width, meta.height, meta.fps) == (128, 96, 25)
        start, end = (int(text) for text in name.rsplit('_', 2)[1:])
        assert end - start == meta.num_frames
        poses, boxes, masks = read_poses(folder), read_boxes(folder), read_masks(folder)
        assert poses.frame.max() < meta.num_frames and len(boxes.frame) > 0.8 * meta.num_frames
        assert poses.keypoints[..., 2].min() >= 0 and poses.keypoints[..., 2].max() <= 1
        assert all(
            b.shape == (h, w) for b, (_, _, w, h) in zip(masks.bitmap, masks.box, strict=True)
        )
        frames = list(iter_frames(out / 'videos' / f'{name}.mp4'))
        assert len(frames) == meta.num_frames and frames[0].shape == (96, 128, 3)
    assert any(note.startswith('4-shot') for note in notes)


def test_labels_lie_within_their_videos(demo):
    out, _ = demo
    names = {p.stem for p in (out / 'videos').glob('*.mp4')}
    lines = (out / 'labels' / 'all.txt').read_text().splitlines()
    val = set((out / 'labels' / 'val.ids.txt').read_text().splitlines())
    for line in lines:
        ident, kind = line.split()
        video, start, end = ident.rsplit(':', 2)
        assert video in names and kind in JUMPS
        assert 0 <= int(start) < int(end) <= read_meta(out / 'pose' / video).num_frames
        assert not (ident in val and '_2018_' in video)
    assert val and len(val) < len(lines)


def test_teacher_set_is_readable(demo):
    out, _ = demo
    folder = out / 'pose3d' / 'people3d'
    sequences, views = read_poses3d(folder), read_pose_views(folder, 'multi_camera')
    assert set(sequences) == set(views) == {(p, a) for p in PEOPLE for a in ACTIONS}
    some = views['man01', 'skate_lutz']
    assert len(set(some.camera)) == CAMERAS and some.frame.max() < FRAMES
    assert len(sequences['woman09', 'walk']) == FRAMES


def test_detections_lie_near_the_projection():
    plan = plan_videos(SPEC)[0]
    _, routine = routine_of(SPEC, plan)
    scene = Scene(SPEC, plan, routine)
    pixel, _ = scene.coco()
    found = dataset_module.detect(
        np.random.default_rng(0), *scene.coco(), np.zeros(len(pixel)), SPEC.size
    )
    size = np.ptp(pixel, axis=1).max(1)
    error = np.linalg.norm(found.keypoints[..., :2] - pixel, axis=-1) / size[:, None]
    assert np.median(error) < 0.03
    assert np.corrcoef(error.ravel(), found.keypoints[..., 2].ravel())[0, 1] < -0.4


def test_resume_writes_only_what_is_missing(demo):
    out, _ = demo
    plan = plan_videos(SPEC)[0]
    name, _ = routine_of(SPEC, plan)
    video, boxes = out / 'videos' / f'{name}.mp4', out / 'pose' / name / 'boxes.json'
    before = boxes.stat().st_mtime_ns
    video.unlink()
    make_video(out, SPEC, plan)
    assert video.is_file() and boxes.stat().st_mtime_ns == before


def test_other_parameters_are_refused(demo):
    out, _ = demo
    with pytest.raises(FormatError, match='other parameters'):
        make_demo_data(out, DemoSpec(videos=3, seed=6, size=(128, 96), seconds=6.0))


def test_foreign_folder_is_refused(tmp_path):
    (tmp_path / 'notes.txt').write_text('x')
    with pytest.raises(FormatError, match='not empty'):
        make_demo_data(tmp_path, SPEC)


@pytest.mark.parametrize('wrong', [dict(videos=1), dict(size=(33, 96)), dict(seconds=1.0)])
def test_impossible_specifications_are_refused(wrong):
    with pytest.raises(ValueError):
        DemoSpec(**wrong)


def test_default_plan_is_balanced():
    plans = plan_videos(DemoSpec())
    assert [p.split for p in plans].count('test') == 8
    for split in ('train', 'val', 'test'):
        deck = [kind for p in plans if p.split == split for kind in p.jumps]
        counts = [deck.count(kind) for kind in JUMPS]
        assert max(counts) - min(counts) <= 1
    assert all(('_2018' in p.event) == (p.split == 'test') for p in plans)


def test_few_shot_files_hold_k_of_each_class(tmp_path):
    spec = DemoSpec()
    rows = {
        str(p.index): [(i, i + 1, kind) for i, kind in enumerate(p.jumps)]
        for p in plan_videos(spec)
    }
    splits = {str(p.index): p.split for p in plan_videos(spec)}
    notes = write_labels(spec, tmp_path, rows, splits)
    kinds = dict(line.split() for line in (tmp_path / 'all.txt').read_text().splitlines())
    chosen = (tmp_path / 'train_8_9.ids.txt').read_text().splitlines()
    assert sorted(kinds[ident] for ident in chosen) == sorted(8 * list(JUMPS))
    assert all(splits[ident.split(':')[0]] == 'train' for ident in chosen)
    assert not (tmp_path / 'train_16_0.ids.txt').exists() and notes[0].startswith('16-shot')


def test_two_videos_still_validate(tmp_path):
    spec = DemoSpec(videos=2, seconds=24)
    rows = {
        str(p.index): [(i, i + 1, kind) for i, kind in enumerate(p.jumps)]
        for p in plan_videos(spec)
    }
    splits = {str(p.index): p.split for p in plan_videos(spec)}
    write_labels(spec, tmp_path, rows, splits)
    assert len((tmp_path / 'val.ids.txt').read_text().splitlines()) == 2
