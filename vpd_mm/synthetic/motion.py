"""From key frames to a moving body: joint-angle curves, the path on the ice, balance and flight."""

from dataclasses import dataclass, field, fields

import numpy as np

from .body import DOF, JOINT, Build, blade_points, forward_kinematics, mass_centre, rotation

GRAVITY = 9.81
FPS = 25
PER_FRAME = 5  # samples of the movement in each video frame; the third is its middle
RATE = FPS * PER_FRAME
SHUTTER = (1, 2, 3)  # samples of a frame while the shutter is open
CHANNELS = ('speed', 'curve', 'facing', 'left', 'right', 'flat')


@dataclass
class Timeline:
    """Key frames of a routine.

    Channels: ``speed`` m/s; ``curve`` of the path in 1/m (positive turns left); ``facing`` the
    body's yaw against the direction of travel in degrees (0 forward, 180 backward, unwrapped);
    ``left`` and ``right`` the share of weight on each foot; ``flat`` how far a loaded blade is
    kept flat on the ice.
    """

    time: list[float] = field(default_factory=list)
    pose: list[np.ndarray] = field(default_factory=list)
    channel: list[tuple[float, ...]] = field(default_factory=list)
    flights: list[tuple[float, float]] = field(default_factory=list)

    @property
    def end(self) -> float:
        return self.time[-1] if self.time else 0.0

    def last(self, name: str) -> float:
        return self.channel[-1][CHANNELS.index(name)]

    def key(self, wait: float, pose: np.ndarray, foot: str = '', **channels: float) -> None:
        """Add a key frame ``wait`` seconds after the last; unnamed channels keep their value.

        ``foot`` is 'L', 'R' or 'B' (both) and sets the weight channels.
        """
        values = dict(zip(CHANNELS, self.channel[-1], strict=True)) if self.channel else {}
        if foot:
            values.update(left=float(foot in 'LB'), right=float(foot in 'RB'))
        values.update(flat=1.0)
        values.update(channels)
        self.time.append(self.end + wait if self.time else 0.0)
        self.pose.append(np.asarray(pose, dtype=np.float64))
        self.channel.append(tuple(values[name] for name in CHANNELS))

    def copy(self) -> 'Timeline':
        return Timeline(list(self.time), list(self.pose), list(self.channel), list(self.flights))


@dataclass(frozen=True)
class Movement:
    """A sampled performance at ``RATE`` Hz: joints (T, 25, 3) m, whether in the air (T,),
    blade points (T, 2, 3, 3) m of the left and right skate, and the body's yaw rate (T,) rad/s."""

    joints: np.ndarray
    airborne: np.ndarray
    blades: np.ndarray
    spin: np.ndarray

    def at(self, samples: np.ndarray) -> 'Movement':
        """The movement at some samples only."""
        return Movement(*(getattr(self, f.name)[samples] for f in fields(self)))


def pchip(time: np.ndarray, values: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Monotone cubic interpolation of values (K, D) at times (K,); no overshoot, rest at the ends.

    Source: Fritsch and Butland, "A method for constructing local monotone piecewise cubic
    interpolants", 1984.
    """
    step = np.diff(time)[:, None]
    slope = np.diff(values, axis=0) / step
    tangent = np.zeros_like(values)
    before, after = slope[:-1], slope[1:]
    weight_a, weight_b = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    same = before * after > 0
    safe_a, safe_b = np.where(same, before, 1), np.where(same, after, 1)
    mean = (weight_a + weight_b) / (weight_a / safe_a + weight_b / safe_b)
    tangent[1:-1] = np.where(same, mean, 0)
    query = np.clip(query, time[0], time[-1])
    i = np.clip(np.searchsorted(time, query, side='right') - 1, 0, len(step) - 1)
    h, u = step[i], ((query - time[i])[:, None] / step[i])
    return (
        (1 + 2 * u) * (1 - u) ** 2 * values[i]
        + u * (1 - u) ** 2 * h * tangent[i]
        + u * u * (3 - 2 * u) * values[i + 1]
        + u * u * (u - 1) * h * tangent[i + 1]
    )


def smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian filter along the first axis with ``sigma`` samples; the ends are held."""
    radius = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    shape = values.shape
    flat = values.reshape(shape[0], -1)
    padded = np.concatenate([flat[:1].repeat(radius, 0), flat, flat[-1:].repeat(radius, 0)])
    out = sum(w * padded[i : i + shape[0]] for i, w in enumerate(kernel))
    return out.reshape(shape)


def sample_times(seconds: float) -> np.ndarray:
    """Times (T,) of the samples; sample 5 i + 2 is the middle of video frame i."""
    return (np.arange(round(seconds * FPS) * PER_FRAME) - 2) / RATE


def travel(timeline: Timeline, query: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Path of the mass centre: position (T, 2) m, direction (T,) rad, channels (T, 6)."""
    channels = pchip(np.array(timeline.time), np.array(timeline.channel), query)
    speed, curve = channels[:, 0], channels[:, 1]
    heading = np.cumsum(speed * curve) / RATE
    step = speed[:, None] * np.stack([np.cos(heading), np.sin(heading)], 1) / RATE
    return np.cumsum(step, axis=0), heading, channels


def align(source: np.ndarray, target: np.ndarray, limit: float) -> np.ndarray:
    """Smallest rotations (T, 3, 3) that turn unit vectors source into target, by ``limit`` rad at
    most."""
    axis = np.cross(source, target)
    norm = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(norm[:, 0], (source * target).sum(1))
    angle = limit * np.tanh(angle / limit)
    x, y, z = (axis / np.maximum(norm, 1e-9)).T
    zero = np.zeros_like(x)
    k = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], 1).reshape(-1, 3, 3)
    s, c = np.sin(angle)[:, None, None], 1 - np.cos(angle)[:, None, None]
    return np.eye(3) + s * k + c * (k @ k)


def blades(build: Build, joints: np.ndarray, frames: dict[str, np.ndarray]) -> np.ndarray:
    """Heel, middle and toe pick of both blades, (T, 2, 3, 3): foot (left, right), point, xyz."""
    rest = blade_points(build)
    feet = [
        joints[:, None, JOINT[name]] + np.einsum('tij,pj->tpi', frames[name], rest)
        for name in ('left_foot', 'right_foot')
    ]
    return np.stack(feet, axis=1)


def flatten_feet(dofs: np.ndarray, frames: dict[str, np.ndarray], weight: np.ndarray) -> np.ndarray:
    """Angle the ankles of loaded feet so that the blades lie along the ice."""
    out = dofs.copy()
    for i, side in enumerate(('left', 'right')):
        shin = frames[f'{side}_leg']
        flat = -np.rad2deg(np.arctan2(-shin[:, 2, 1], shin[:, 2, 2]))
        column = DOF[f'{side}_leg_point']
        w = weight[:, i]
        out[:, column] = (1 - w) * dofs[:, column] + w * np.clip(flat, -45, 45)
    return out


def balance(
    build: Build, dofs: np.ndarray, base: np.ndarray, weight: np.ndarray, up: np.ndarray
) -> np.ndarray:
    """Tilt the body so that its mass centre lies along ``up`` (T, 3) from the loaded blades."""
    joints, frames = forward_kinematics(build, dofs, base)
    middle = blades(build, joints, frames)[:, :, 1]
    share = weight / np.maximum(weight.sum(1, keepdims=True), 1e-6)
    support = np.einsum('tfc,tf->tc', middle, share)
    arm = mass_centre(joints) - support
    arm /= np.linalg.norm(arm, axis=1, keepdims=True)
    return align(arm, up, limit=0.75) @ base


def centre_height(timeline: Timeline, query: np.ndarray, contact: np.ndarray) -> tuple:
    """Height (T,) of the mass centre: on the ice by contact, in flight by gravity; and airborne."""
    height, airborne = contact.copy(), np.zeros(len(query), dtype=bool)
    for start, end in timeline.flights:
        inside = np.flatnonzero((query > start) & (query < end))
        if len(inside) < 2:
            continue
        a, b = inside[0], min(inside[-1], len(contact) - 1)
        u = (query[inside] - start) / (end - start)
        lift = 0.5 * GRAVITY * (end - start) ** 2 * u * (1 - u)
        line = (1 - u) * contact[a] + u * contact[b]
        height[inside] = np.maximum(line + lift, contact[inside])
        airborne[inside] = height[inside] > contact[inside] + 0.01
    return height, airborne


def perform(
    timeline: Timeline, build: Build, seconds: float, start: np.ndarray, heading: float
) -> Movement:
    """Let a body perform a timeline on the ice z = 0.

    Args:
        timeline: Key frames.
        build: The body.
        seconds: Length of the performance.
        start: (2,) position of the mass centre at the beginning, metres.
        heading: Direction of travel at the beginning, radians from the x axis.
    """
    query = sample_times(seconds)
    dofs = smooth(pchip(np.array(timeline.time), np.array(timeline.pose), query), 2.7)
    path, direction, channels = travel(timeline, query)
    turn = np.array([[np.cos(heading), -np.sin(heading)], [np.sin(heading), np.cos(heading)]])
    path, direction = path @ turn.T + start, direction + heading
    speed, curve, facing = smooth(channels[:, :3], 2.7).T
    weight, flat = np.clip(channels[:, 3:5], 0.02, 1), channels[:, 5:6]
    base = rotation('z', np.rad2deg(direction) - 90 + facing)
    pull = smooth(speed**2 * curve, 8.0)
    normal = np.stack([-np.sin(direction), np.cos(direction)], 1)
    up = np.concatenate([pull[:, None] * normal, np.full((len(query), 1), GRAVITY)], 1)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    frames = forward_kinematics(build, dofs, balance(build, dofs, base, weight, up))[1]
    dofs = flatten_feet(dofs, frames, weight * flat)
    tilted = balance(build, dofs, base, weight, up)
    joints, frames = forward_kinematics(build, dofs, tilted)
    centre = mass_centre(joints)
    points = blades(build, joints, frames)
    contact = centre[:, 2] - points[..., 2].min(axis=(1, 2))
    height, airborne = centre_height(timeline, query, contact)
    shift = np.concatenate([path, height[:, None]], 1) - centre
    spin = np.gradient(np.deg2rad(facing) + direction) * RATE
    return Movement(
        joints + shift[:, None], airborne, points + shift[:, None, None], spin.astype(np.float64)
    )
