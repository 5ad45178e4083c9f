"""Writes the demo data set: a procedural figure-skating sport in the published layout of ``fs``."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.formats import (
    FormatError,
    VideoMeta,
    read_json,
    write_boxes,
    write_json,
    write_masks,
    write_meta,
    write_poses,
    write_video,
)
from vpd_mm.skeletons import SKELETONS, to_coco17

from .athlete import prepare, random_look, surface_points
from .body import mass_centre, random_build
from .camera import follow
from .choreography import Routine, choreograph
from .detector import detect, to_boxes, to_masks, to_poses
from .motion import FPS, PER_FRAME, SHUTTER, perform
from .people import write_people
from .renderer import render
from .rink import make_rink
from .splits import DemoSpec, Plan, plan_videos, video_name, write_labels

SPEC_FILE = 'demo.json'
POSE_FILES = ('boxes.json', 'coco_keypoints.json.gz', 'mask.json.gz', 'meta.json')


def make_demo_data(
    out: str | Path, spec: DemoSpec, workers: int = 2, report: Callable[[str], None] = print
) -> None:
    """Write the data set, or what is missing of it.

    Args:
        out: Folder of the data set, empty or of the same specification.
        spec: What to make.
        workers: Number of processes; it does not change the data.
        report: Receives a line for each finished part.

    Raises:
        FormatError: If the folder holds something else.
    """
    out = Path(out)
    claim_folder(out, spec)
    plans = plan_videos(spec)
    with ProcessPoolExecutor(max(1, workers), mp_context=get_context('spawn')) as pool:
        jobs = [pool.submit(make_video, out, spec, plan) for plan in plans]
        people = pool.submit(make_people, out, spec)
        actions, splits = {}, {}
        for plan, job in zip(plans, jobs, strict=True):
            name, rows = job.result()
            actions[name], splits[name] = rows, plan.split
            report(f'{name}: {len(rows)} jumps, {plan.split}')
        people.result()
    for sentence in write_labels(spec, out / 'labels', actions, splits):
        report(sentence)


def claim_folder(out: Path, spec: DemoSpec) -> None:
    """Note the specification in the folder, or check that it is the one noted there."""
    wanted = {**asdict(spec), 'size': list(spec.size)}
    note = out / SPEC_FILE
    if note.is_file():
        if read_json(note) != wanted:
            raise FormatError(
                note, 'is of demo data with other parameters; repeat those or name an empty folder'
            )
    elif out.is_dir() and any(out.iterdir()):
        raise FormatError(out, 'is not empty and holds no demo data; name an empty folder')
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_json(note, wanted)


def routine_of(spec: DemoSpec, plan: Plan) -> tuple[str, Routine]:
    """Name and choreography of a video."""
    routine = choreograph(spec.rng(10, plan.index), list(plan.jumps), spec.seconds)
    return video_name(spec, plan, round(FPS * routine.seconds)), routine


def make_video(out: Path, spec: DemoSpec, plan: Plan) -> tuple[str, list[tuple[int, int, str]]]:
    """Write what is missing of one video and give its name and (start, end, class) rows."""
    cv2.setNumThreads(1)
    name, routine = routine_of(spec, plan)
    rows = [(label.start, label.end, label.kind) for label in routine.labels]
    video, folder = out / 'videos' / f'{name}.mp4', out / 'pose' / name
    posed = all((folder / file).is_file() for file in POSE_FILES)
    if posed and video.is_file():
        return name, rows
    scene = Scene(spec, plan, routine)
    if not posed:
        scene.write_pose_folder(folder)
    if not video.is_file():
        write_video(video, scene.frames(), FPS)
    return name, rows


def make_people(out: Path, spec: DemoSpec) -> None:
    folder = out / 'pose3d' / 'people3d'
    if not (folder / 'ground_truth_3d_pose.pkl').is_file():
        write_people(spec, folder)


class Scene:
    """A routine performed by a person and filmed; samples are those of the open shutter."""

    def __init__(self, spec: DemoSpec, plan: Plan, routine: Routine) -> None:
        self.spec, self.plan = spec, plan
        rng = spec.rng(11, plan.index)
        build = random_build(rng, plan.woman)
        full = perform(routine.timeline, build, routine.seconds, routine.start, routine.heading)
        camera = follow(rng, mass_centre(full.joints), spec.size)
        self.num_frames = len(full.joints) // PER_FRAME
        first = np.arange(self.num_frames)[:, None] * PER_FRAME
        samples = (first + np.array(SHUTTER)).ravel()
        self.movement, self.camera = full.at(samples), camera.at(samples)
        self.drawing = prepare(self.movement, self.camera, random_look(rng, plan.woman, build))

    def coco(self) -> tuple[np.ndarray, np.ndarray]:
        """True COCO joints in the middle of each frame: pixels (T, 17, 2), depths (T, 17)."""
        middle = np.arange(self.num_frames) * len(SHUTTER) + len(SHUTTER) // 2
        joints = to_coco17(self.movement.joints[middle], SKELETONS['people3d'])
        return self.camera.at(middle).project(joints)

    def write_pose_folder(self, folder: Path) -> None:
        rng = self.spec.rng(12, self.plan.index)
        middle = np.arange(self.num_frames) * len(SHUTTER) + len(SHUTTER) // 2
        found = detect(rng, *self.coco(), self.movement.spin[middle], self.spec.size)
        write_poses(folder, to_poses(rng, found))
        write_boxes(folder, to_boxes(rng, found))
        write_masks(folder, to_masks(rng, found, self.drawing.outlines[middle, :, 0]))
        width, height = self.spec.size
        write_meta(folder, VideoMeta(float(FPS), self.num_frames, width, height))

    def frames(self):
        """RGB frames in order."""
        rng = self.spec.rng(13, self.plan.index)
        shadow = self.camera.project(surface_points(self.movement) * [1, 1, 0])[0]
        planes = make_rink(rng)
        return render(rng, planes, self.camera, self.drawing, shadow, self.num_frames)
