"""Multi-view 3D poses of several builds, laid out like 3DPeople, for training the teacher."""

from pathlib import Path

import numpy as np

from vpd_mm.formats import PoseViews, Sequence3D, write_pose_views, write_poses3d
from vpd_mm.skeletons import SKELETONS, encode_joints, to_coco17

from .body import DOF, Build, mass_centre, random_build
from .camera import Camera, look_at
from .detector import detect
from .motion import FPS, PER_FRAME, Timeline, perform
from .moves import JUMPS, Skater
from .poses import mirror, pose

PEOPLE = tuple(f'{sex}{i:02d}' for sex in ('man', 'woman') for i in range(1, 11))
CAMERAS, FRAMES, STEP = 4, 20, 4  # views of a frame, frames of a sequence, video frames apart
OTHER_MOVES = (
    'spin_upright', 'spin_sit', 'spin_camel', 'spin_layback', 'spiral', 'eagle', 'crossovers',
    'footwork', 'walk', 'exercise_1', 'exercise_2', 'exercise_3', 'exercise_4',
)  # fmt: skip
ACTIONS = tuple(f'skate_{kind}' for kind in JUMPS) + OTHER_MOVES


def action_timeline(rng: np.random.Generator, action: str) -> tuple[Timeline, float]:
    """Key frames of an action, the same for all people, and when its interesting part begins."""
    skater = Skater(rng)
    line = skater.begin()
    if action.startswith('skate_'):
        _, takeoff, _ = skater.jump(line, action.removeprefix('skate_'), 2)
        return line, max(0.0, takeoff - 2.0)
    if action.startswith('spin_'):
        skater.spin(line, action.removeprefix('spin_'), 3)
    elif action in ('spiral', 'eagle'):
        skater.hold(line, action, 1.0)
    elif action == 'crossovers':
        skater.crossovers(line, 3, 0.15, backward=False)
        skater.crossovers(line, 3, -0.15, backward=True)
    elif action == 'footwork':
        skater.footwork(line, 6)
    elif action == 'walk':
        _walk(skater, line)
    else:
        _exercise(rng, line)
    return line, 0.4


def _walk(skater: Skater, line: Timeline) -> None:
    for i in range(8):
        step = pose(
            (3, 0, 0, 0, 0), (0, 0), (12, 10, 0, 25), (12, 10, 0, 25),
            (28, 2, 5, 8, 0), (-18, 2, 5, 18, 22),
        )  # fmt: skip
        for side, swing in (('left', -24), ('right', 30)):
            step[[DOF[f'{side}_arm_lift'], DOF[f'{side}_arm_front']]] = (
                abs(swing),
                85 * np.sign(swing),
            )
        foot = 'LR'[i % 2]
        key = step if foot == 'L' else mirror(step)
        skater.add(line, 0.45, key, foot, speed=1.3, curve=0.05, facing=skater.face(line, 0))


def _exercise(rng: np.random.Generator, line: Timeline) -> None:
    """Poses from all over the joints' ranges."""
    low = pose((-12, -10, -25, -20, -30), (-20, -45), (5, -40, -40, 5), (5, -40, -40, 5),
               (-30, -4, -5, 4, 0))  # fmt: skip
    high = pose((55, 10, 40, 20, 30), (30, 45), (165, 95, 60, 125), (165, 95, 60, 125),
                (95, 40, 35, 95, 30))  # fmt: skip
    for _ in range(9):
        key = low + (high - low) * rng.beta(0.9, 0.9, len(low))
        line.key(0.45, key, str(rng.choice(['L', 'R', 'B'])), speed=0.6, curve=0.0)


def side_cameras(rng: np.random.Generator, centre: np.ndarray) -> list[Camera]:
    """Cameras around a person whose centre moves along (T, 3), each keeping them in the image."""
    cameras = []
    for i in range(CAMERAS):
        angle = 2 * np.pi * (i + rng.uniform(-0.35, 0.35)) / CAMERAS
        away = rng.uniform(6, 12)
        position = centre.mean(0) + away * np.array([np.cos(angle), np.sin(angle), 0])
        position[2] = rng.uniform(0.4, 5.0)
        distance = np.linalg.norm(centre - position, axis=1)
        focal = 300 * distance / 1.8
        roll = np.full(len(centre), rng.normal(0, 0.04))
        cameras.append(Camera(position, look_at(position, centre.copy(), roll), focal, (640, 480)))
    return cameras


def film(
    spec, person: int, action: int, build: Build, timeline: Timeline, begin: float
) -> tuple[Sequence3D, PoseViews]:
    """One person's action as 3D poses and as detections of all cameras."""
    first = round(begin * FPS)
    seconds = (first + FRAMES * STEP + 1) / FPS
    movement = perform(timeline, build, seconds, np.zeros(2), 0.0)
    middle = (np.arange(first, first + FRAMES * STEP)) * PER_FRAME + PER_FRAME // 2
    joints, spin = movement.joints[middle], movement.spin[middle]
    skeleton = SKELETONS['people3d']
    coco = to_coco17(joints, skeleton)
    kept = np.arange(FRAMES) * STEP
    rng = spec.rng(5, person, action)
    views = []
    for camera in side_cameras(rng, mass_centre(joints)):
        seen = detect(rng, *camera.project(coco), spin, camera.size)
        rows = np.flatnonzero(seen.found[kept])
        views.append((rows, np.round(seen.keypoints[kept[rows]], 3)))
    frame = np.concatenate([rows for rows, _ in views])
    name = np.concatenate([np.full(len(r), f'camera{i + 1:02d}') for i, (r, _) in enumerate(views)])
    order = np.argsort(frame, kind='stable')
    keypoints = np.concatenate([k for _, k in views]).astype(np.float32)
    return encode_joints(joints[kept], skeleton), PoseViews(
        frame[order], name[order], keypoints[order]
    )


def write_people(spec, folder: Path) -> int:
    """Write the set; gives the number of 3D poses.

    Every action is the same movement for all people, so that pairs of people can be compared frame
    by frame. Views are numbered along the 3D list.
    """
    lines = [action_timeline(spec.rng(4, i), name) for i, name in enumerate(ACTIONS)]
    poses, views = {}, {}
    for p, person in enumerate(PEOPLE):
        build = random_build(spec.rng(6, p), person.startswith('woman'))
        for a, action in enumerate(ACTIONS):
            poses[person, action], views[person, action] = film(spec, p, a, build, *lines[a])
    write_pose_views(folder, 'multi_camera', views)
    write_poses3d(folder, poses)
    return sum(len(sequence) for sequence in poses.values())
