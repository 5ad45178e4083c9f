"""A broadcast camera at the side of the rink that follows the athlete by pan, tilt and zoom."""

from dataclasses import dataclass

import numpy as np

from .motion import RATE, smooth

HALF_LENGTH, HALF_WIDTH = 30.0, 15.0  # of the ice, metres


@dataclass(frozen=True)
class Camera:
    """A moving pinhole camera.

    Args:
        position: (3,) or (T, 3) metres.
        rotation: (T, 3, 3) rows: the image's right, down and the viewing direction.
        focal: (T,) pixels.
        size: Width and height of the image in pixels.
    """

    position: np.ndarray
    rotation: np.ndarray
    focal: np.ndarray
    size: tuple[int, int]

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (T, N, 2) and depths (T, N) in metres of points (T, N, 3)."""
        seen = np.einsum('tij,tnj->tni', self.rotation, points - self.position)
        depth = seen[..., 2]
        scale = self.focal[:, None, None] / np.maximum(depth, 1e-3)[..., None]
        return seen[..., :2] * scale + np.array(self.size) / 2, depth

    def at(self, samples: np.ndarray) -> 'Camera':
        """The camera at some samples only."""
        return Camera(self.position, self.rotation[samples], self.focal[samples], self.size)

    def plane(self, t: int, origin: np.ndarray, right: np.ndarray, down: np.ndarray) -> np.ndarray:
        """Homography (3, 3) from plane coordinates (metres along right and down) to pixels."""
        intrinsic = np.diag([self.focal[t], self.focal[t], 1.0])
        intrinsic[:2, 2] = np.array(self.size) / 2
        columns = np.stack([right, down, origin - self.position], axis=1)
        return intrinsic @ self.rotation[t] @ columns


def look_at(position: np.ndarray, target: np.ndarray, roll: np.ndarray) -> np.ndarray:
    """Rotations (T, 3, 3) of cameras at a position that look at targets (T, 3)."""
    ahead = target - position
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    right = np.cross(ahead, np.array([0.0, 0, 1]))
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    down = np.cross(ahead, right)
    c, s = np.cos(roll)[:, None], np.sin(roll)[:, None]
    return np.stack([c * right + s * down, c * down - s * right, ahead], axis=1)


def lagged(values: np.ndarray, seconds: float) -> np.ndarray:
    """What an operator follows who reacts late: a causal second-order filter."""
    out, velocity, state = np.empty_like(values), np.zeros(values.shape[1]), values[0].copy()
    stiffness = 1 / seconds
    for i, value in enumerate(values):
        velocity += (stiffness**2 * (value - state) - 2 * stiffness * velocity) / RATE
        state = state + velocity / RATE
        out[i] = state
    return out


def follow(rng: np.random.Generator, centre: np.ndarray, size: tuple[int, int]) -> Camera:
    """Film an athlete whose centre moves along (T, 3), from a random place beside the rink."""
    side = int(rng.choice(4, p=[0.35, 0.35, 0.15, 0.15]))
    away, along = rng.uniform(4, 10), rng.uniform(-0.7, 0.7)
    position = np.array(
        [along * HALF_LENGTH, -HALF_WIDTH - away, 0]
        if side < 2
        else [-HALF_LENGTH - away, along * HALF_WIDTH, 0]
    ) * (1 if side % 2 else -1)
    position[2] = rng.uniform(2.2, 9.0)
    lag = rng.uniform(0.1, 0.2)
    ahead = centre + np.gradient(smooth(centre, 40), axis=0) * RATE * 1.7 * lag
    wander = smooth(rng.normal(0, 1, (len(centre), 3)), 65) * 65**0.5
    target = lagged(ahead, lag) * [1, 1, 0.5] + [0, 0, 0.47] + 0.1 * wander
    shake = smooth(rng.normal(0, 1, (len(centre), 1)), 20)[:, 0] * 3
    distance = np.linalg.norm(centre - position, axis=1)
    share = (
        rng.uniform(0.44, 0.56) + 0.05 * smooth(rng.normal(0, 1, (len(centre), 1)), 150)[:, 0] * 10
    )
    focal = smooth((share * size[1] * distance / 1.75)[:, None], 75)[:, 0]
    return Camera(position, look_at(position, target, 0.01 * shake), focal, size)
