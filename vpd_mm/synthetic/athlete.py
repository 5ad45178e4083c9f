"""The athlete's look: lit, rounded limbs as hulls of circles, sorted by depth."""

from dataclasses import dataclass

import cv2
import numpy as np

from .body import JOINT, Build
from .camera import Camera
from .motion import Movement

CIRCLE = np.stack([f(np.arange(10) * 2 * np.pi / 10) for f in (np.cos, np.sin)], 1)
LEVELS = ((1.0, 0.0, 0.64), (0.72, 0.26, 0.87), (0.38, 0.46, 1.06))  # radius, shift, brightness
LIGHT = np.array([-0.5, -0.85])
FIXED = 4  # sub-pixel bits of OpenCV's drawing

# Further points after the joints: soles (left heel, toe, right heel, toe), hair, bun, hem, waist.
EXTRA = {n: 25 + i for i, n in enumerate(
    ('left_heel', 'left_sole', 'right_heel', 'right_sole', 'hair', 'bun', 'left_hem', 'right_hem',
     'skull', 'chin')
)}  # fmt: skip
POINT = {**JOINT, **EXTRA}


@dataclass(frozen=True)
class Look:
    """Colours (RGB) by name of cloth, and whether the athlete wears a dress and a bun."""

    colours: dict[str, np.ndarray]
    dress: bool
    girth: float


def random_look(rng: np.random.Generator, woman: bool, build: Build) -> Look:
    skin = np.array([232, 190, 165]) * rng.uniform(0.5, 1.04)
    hair = np.array([[42, 30, 24], [88, 58, 34], [170, 130, 76], [24, 22, 24]])[rng.integers(4)]
    top = rng.uniform(15, 225, 3)
    dress = woman and rng.random() < 0.8
    trousers = rng.uniform(12, 70, 3) if not dress else skin * 0.93 + 6
    bare = dress and rng.random() < 0.6
    boots = np.array([238, 236, 230.0]) if woman else np.array([34, 32, 34.0])
    colours = dict(
        skin=skin, hair=hair, top=top, legs=trousers, boots=boots,
        sleeves=skin if bare else top * 0.95, skirt=top * rng.uniform(0.75, 1.1),
    )  # fmt: skip
    return Look(
        {k: np.clip(v, 4, 250).astype(float) for k, v in colours.items()}, dress, build.girth
    )


def parts(look: Look) -> list[tuple[tuple[str, ...], tuple[float, ...], str]]:
    """Hulls: points, radii in metres, colour."""
    rows = [
        (('left_arm', 'right_arm', 'spine1'), (0.056, 0.056, 0.105), 'top'),
        (('spine1', 'left_up_leg', 'right_up_leg'), (0.1, 0.085, 0.085), 'top'),
        (('neck', 'head'), (0.042, 0.042), 'skin'),
        (('skull', 'chin'), (0.09, 0.062), 'skin'),
        (('hair',), (0.1,), 'hair'),
    ]
    for side in ('left', 'right'):
        rows += [
            ((f'{side}_up_leg', f'{side}_leg'), (0.082, 0.052), 'legs'),
            ((f'{side}_leg', f'{side}_foot'), (0.054, 0.036), 'legs'),
            ((f'{side}_foot', f'{side}_heel', f'{side}_sole'), (0.046, 0.034, 0.028), 'boots'),
            ((f'{side}_arm', f'{side}_forearm'), (0.046, 0.034), 'sleeves'),
            ((f'{side}_forearm', f'{side}_hand'), (0.035, 0.024), 'sleeves'),
            ((f'{side}_hand',), (0.036,), 'skin'),
        ]
    if look.dress:
        rows.append((('bun',), (0.045,), 'hair'))
        rows.append((('left_hem', 'right_hem', 'hips'), (0.11, 0.11, 0.095), 'skirt'))
    return rows


def surface_points(movement: Movement) -> np.ndarray:
    """Joints and the further points of ``EXTRA``, (T, 35, 3) metres."""
    j, b = movement.joints, movement.blades
    soles = []
    for i, side in enumerate(('left', 'right')):
        ankle = j[:, JOINT[f'{side}_foot']]
        soles += [0.68 * b[:, i, 0] + 0.32 * ankle, 0.7 * b[:, i, 2] + 0.3 * ankle]
    eyes = 0.5 * (j[:, JOINT['left_eye']] + j[:, JOINT['right_eye']])
    head, top = j[:, JOINT['head']], j[:, JOINT['head_top']]
    back = 0.5 * (head + top) - eyes
    hems = [
        0.62 * j[:, JOINT[f'{s}_up_leg']] + 0.38 * j[:, JOINT[f'{s}_leg']]
        for s in ('left', 'right')
    ]
    skull = 0.42 * head + 0.58 * top
    hair, bun = skull + 0.36 * back + [0, 0, 0.012], skull + 1.75 * back
    chin = 0.82 * head + 0.18 * top - 0.42 * back
    extra = [*soles, hair, bun, *hems, skull - 0.1 * back, chin]
    return np.concatenate([j, np.stack(extra, axis=1)], axis=1)


@dataclass(frozen=True)
class Drawing:
    """Everything to draw at every sample: outlines (T, P, L, C, 10, 2) px of P parts with C
    circles in L levels of light, order (T, P) from far to near, colours (P, L, 3), blades
    (T, 2, 3, 2) px, and the outlines mirrored in the ice (T, P, C, 10, 2) px."""

    outlines: np.ndarray
    order: np.ndarray
    colours: np.ndarray
    blades: np.ndarray
    mirrored: np.ndarray


def prepare(movement: Movement, camera: Camera, look: Look) -> Drawing:
    """Project the athlete for all samples at once."""
    rows = parts(look)
    index = np.array([[POINT[n] for n in (*names, *names[-1:] * 2)[:3]] for names, _, _ in rows])
    radius = np.array([(*r, *r[-1:] * 2)[:3] for _, r, _ in rows]) * np.sqrt(look.girth)
    points = surface_points(movement)
    pixel, depth = camera.project(points)
    size = radius * (camera.focal[:, None, None] / depth[:, index])
    centre = pixel[:, index]
    levels = [
        (centre + shift * size[..., None] * LIGHT)[..., None, :]
        + scale * size[..., None, None] * CIRCLE
        for scale, shift, _ in LEVELS
    ]
    mirrored = camera.project(points * [1, 1, -1])[0][:, index]
    bright = np.array([level[2] for level in LEVELS])
    colours = np.stack([look.colours[c] for _, _, c in rows])[:, None] * bright[:, None]
    near = depth[:, index].mean(axis=2) - np.array([0.04 * (c in ('skin',)) for _, _, c in rows])
    blade = camera.project(movement.blades.reshape(len(points), -1, 3))[0].reshape(-1, 2, 3, 2)
    return Drawing(
        np.stack(levels, axis=2).astype(np.float32),
        np.argsort(-near, axis=1),
        np.clip(colours, 0, 255),
        blade,
        (mirrored[..., None, :] + size[..., None, None] * CIRCLE).astype(np.float32),
    )


def fixed(points: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Pixels against an origin as OpenCV's fixed-point numbers."""
    return np.round((points - origin) * (1 << FIXED)).astype(np.int32)


def draw_athlete(image: np.ndarray, drawing: Drawing, t: int, origin: np.ndarray) -> None:
    """Draw sample ``t`` into an RGB image whose corner lies at pixel ``origin``."""
    outlines = fixed(drawing.outlines[t], origin)
    for blade in fixed(drawing.blades[t], origin):
        cv2.polylines(image, [blade[[0, 2]]], False, (128, 132, 140), 2, cv2.LINE_AA, FIXED)
    for part in drawing.order[t]:
        for level in range(len(LEVELS)):
            hull = cv2.convexHull(outlines[part, level].reshape(-1, 2))
            cv2.fillConvexPoly(image, hull, drawing.colours[part, level], cv2.LINE_AA, FIXED)


def draw_silhouette(image: np.ndarray, circles: np.ndarray, origin: np.ndarray) -> None:
    """Fill parts (P, C, 10, 2) with 255 in a one-channel image."""
    for part in fixed(circles, origin):
        cv2.fillConvexPoly(image, cv2.convexHull(part.reshape(-1, 2)), 255, cv2.LINE_8, FIXED)
