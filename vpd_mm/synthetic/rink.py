"""The rink: textured planes (ice, boards, stands) drawn by the camera's homographies."""

from dataclasses import dataclass

import cv2
import numpy as np

from .camera import HALF_LENGTH, HALF_WIDTH, Camera

ICE_SCALE, BOARD_SCALE, STAND_SCALE = 26, 40, 14  # texture pixels a metre
BOARD_HEIGHT = 1.15


@dataclass(frozen=True)
class Plane:
    """A textured rectangle: RGB texture, its top left corner and its axes (unit vectors), and its
    pixels a metre."""

    texture: np.ndarray
    origin: np.ndarray
    right: np.ndarray
    down: np.ndarray
    scale: float


def make_rink(rng: np.random.Generator) -> list[Plane]:
    """Planes of a rink in the order of drawing: ice, four stands, four boards."""
    ice = Plane(
        ice_texture(rng), np.array([-HALF_LENGTH, HALF_WIDTH, 0.0]), np.array([1.0, 0, 0]),
        np.array([0, -1.0, 0]), ICE_SCALE,
    )  # fmt: skip
    palette = rng.integers(20, 235, (7, 3))
    palette = (0.55 * palette + 0.45 * palette.mean(1, keepdims=True)).astype(int)
    stands, boards = [], []
    for angle, length, away in (
        (0, HALF_LENGTH, HALF_WIDTH), (90, HALF_WIDTH, HALF_LENGTH),
        (180, HALF_LENGTH, HALF_WIDTH), (270, HALF_WIDTH, HALF_LENGTH),
    ):  # fmt: skip
        c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        outward, right = np.array([-s, c, 0]), np.array([c, s, 0])
        slope = 0.8 * outward + np.array([0, 0, 0.6])
        foot = away * outward + np.array([0, 0, BOARD_HEIGHT])
        stands.append(
            Plane(stand_texture(rng, 2 * length), foot + 14 * slope - length * right,
                  right, -slope, STAND_SCALE)
        )  # fmt: skip
        boards.append(
            Plane(board_texture(rng, 2 * length, palette), foot - length * right, right,
                  np.array([0, 0, -1.0]), BOARD_SCALE)
        )  # fmt: skip
    return [ice, *stands, *boards]


def ice_texture(rng: np.random.Generator) -> np.ndarray:
    """Ice with worn patches, scratches, arcs of blades and painted marks."""
    h, w = int(2 * HALF_WIDTH * ICE_SCALE), int(2 * HALF_LENGTH * ICE_SCALE)
    tint = rng.uniform([196, 206, 218], [224, 230, 240])
    worn = cv2.resize(
        rng.normal(0, 1, (h // 60, w // 60)).astype(np.float32), (w, h), None, 0, 0, 2
    )
    fine = cv2.resize(rng.normal(0, 1, (h // 3, w // 3)).astype(np.float32), (w, h))
    ice = tint + (6 * worn + 3.2 * fine)[..., None] * np.array([1, 0.95, 0.85])
    ice = np.clip(ice, 0, 255).astype(np.uint8)
    paint = rng.integers(60, 200, (4, 3)).tolist()
    middle = (w // 2, h // 2)
    mark = ice.copy()
    cv2.circle(mark, middle, int(3.2 * ICE_SCALE), paint[0], -1, cv2.LINE_AA)
    cv2.circle(mark, middle, int(2.4 * ICE_SCALE), paint[1], -1, cv2.LINE_AA)
    for x in (w // 5, 4 * w // 5):
        corner = (x - 3 * ICE_SCALE, h // 2 - ICE_SCALE)
        cv2.rectangle(mark, corner, (x + 3 * ICE_SCALE, h // 2 + ICE_SCALE), paint[2], -1)
    ice = cv2.addWeighted(ice, 0.72, mark, 0.28, 0)
    for _ in range(900):
        centre = (int(rng.integers(0, w)), int(rng.integers(0, h)))
        radius = (int(rng.integers(20, 180)), int(rng.integers(20, 180)))
        begin, sweep = float(rng.uniform(0, 360)), float(rng.uniform(15, 120))
        shade = (tint + rng.choice([-16, -9, 12])).clip(0, 255).tolist()
        cv2.ellipse(ice, centre, radius, 0, begin, begin + sweep, shade, 1, cv2.LINE_AA)
    edge = np.minimum(np.arange(h), np.arange(h)[::-1])[:, None] / ICE_SCALE
    edge = np.minimum(edge, np.minimum(np.arange(w), np.arange(w)[::-1])[None] / ICE_SCALE)
    dim = (1 - 0.25 * np.exp(-edge / 1.2))[..., None]
    return (ice * dim).astype(np.uint8)


def board_texture(rng: np.random.Generator, length: float, palette: np.ndarray) -> np.ndarray:
    """Boards: advertisement-like blocks over a kick plate, under a rail."""
    h, w = round(BOARD_HEIGHT * BOARD_SCALE), round(length * BOARD_SCALE)
    board = np.full((h, w, 3), 236, np.uint8)
    x = 0
    while x < w:
        width = int(rng.integers(3, 7) * BOARD_SCALE)
        colour = palette[rng.integers(len(palette))]
        board[4:-8, x + 4 : x + width - 4] = colour
        ink = (255 - colour).tolist()
        for k in range(int(rng.integers(3, 8))):
            left = x + 18 + k * int(rng.integers(14, 26))
            if left + 10 < min(x + width - 8, w):
                top = int(rng.integers(10, 16))
                cv2.rectangle(board, (left, top), (left + int(rng.integers(6, 13)), 32), ink, -1)
        x += width
    board[:3] = 250
    board[-8:] = (214, 186, 74) if rng.random() < 0.5 else (70, 96, 150)
    return board


def stand_texture(rng: np.random.Generator, length: float) -> np.ndarray:
    """Dim rows of seats with people as blobs."""
    h, w = 14 * STAND_SCALE, round(length * STAND_SCALE)
    base = rng.uniform(28, 62, 3)
    stand = np.clip(base + rng.normal(0, 7, (h, w, 3)), 0, 255).astype(np.uint8)
    for row in range(0, h, 12):
        stand[row : row + 2] = (0.6 * base).astype(np.uint8)
        for x in np.flatnonzero(rng.random(w // 8) < 0.62) * 8:
            shade = rng.uniform(25, 150, 3).tolist()
            cv2.ellipse(stand, (int(x) + 4, row + 9), (3, 4), 0, 0, 360, shade, -1)
            cv2.circle(stand, (int(x) + 4, row + 4), 2, (150, 118, 100), -1)
    return cv2.GaussianBlur(stand, (0, 0), 0.8)


def draw_rink(frame: np.ndarray, planes: list[Plane], camera: Camera, t: int) -> None:
    """Draw all planes that face the camera at sample ``t`` into an RGB frame, in place."""
    frame[:] = (24, 26, 34)
    for plane in planes:
        if _is_behind(plane, camera.position):
            continue
        pixels = camera.plane(t, plane.origin, plane.right, plane.down)
        pixels = pixels @ np.diag([1 / plane.scale, 1 / plane.scale, 1.0])
        x0, y0, x1, y1 = _extent(pixels, plane.texture.shape, frame.shape)
        if x1 - x0 < 2 or y1 - y0 < 2:
            continue
        shift = np.array([[1.0, 0, -x0], [0, 1, -y0], [0, 0, 1]])
        cv2.warpPerspective(
            plane.texture, shift @ pixels, (x1 - x0, y1 - y0), frame[y0:y1, x0:x1],
            cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT,
        )  # fmt: skip


def _is_behind(plane: Plane, position: np.ndarray) -> bool:
    """Whether a camera stands outside the boards of this side, which it then looks over."""
    if plane.down[2] == 0:
        return False
    foot = plane.origin + plane.down * plane.texture.shape[0] / plane.scale
    return bool(np.cross(plane.right, [0, 0, 1.0]) @ (position - foot) <= 0)


def _extent(pixels: np.ndarray, texture: tuple, frame: tuple) -> tuple[int, int, int, int]:
    """Part of the frame (x0, y0, x1, y1) that a texture can reach."""
    h, w = texture[:2]
    corners = pixels @ np.array([[0, w, w, 0], [0, 0, h, h], [1, 1, 1, 1.0]])
    if (corners[2] < 0.1).any():
        return 0, 0, frame[1], frame[0]
    x, y = corners[:2] / corners[2]
    low = np.floor([max(x.min(), 0), max(y.min(), 0)]).astype(int)
    high = np.ceil([min(x.max(), frame[1]), min(y.max(), frame[0])]).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
