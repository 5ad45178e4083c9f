"""A skater's body: builds (limb lengths) and forward kinematics of the 25 people3d joints.

The body frame is right-handed with x to the athlete's right, y forward and z up; metres, degrees.
"""

from dataclasses import dataclass

import numpy as np

TRUNK_DOFS = ('pelvis_pitch', 'pelvis_roll', 'spine_flex', 'spine_side', 'spine_twist')
HEAD_DOFS = ('head_pitch', 'head_yaw')
ARM_DOFS = ('lift', 'front', 'roll', 'elbow')
LEG_DOFS = ('flex', 'spread', 'out', 'knee', 'point')
DOFS = (
    *TRUNK_DOFS,
    *HEAD_DOFS,
    *(f'{side}_arm_{name}' for side in ('left', 'right') for name in ARM_DOFS),
    *(f'{side}_leg_{name}' for side in ('left', 'right') for name in LEG_DOFS),
)
DOF = {name: i for i, name in enumerate(DOFS)}

# Share of the body's mass lumped at each joint.
MASS = {
    'hips': 0.14,
    'spine1': 0.2,
    'spine2': 0.2,
    'head': 0.08,
    **dict.fromkeys(('left_up_leg', 'right_up_leg'), 0.05),
    **dict.fromkeys(('left_leg', 'right_leg'), 0.075),
    **dict.fromkeys(('left_foot', 'right_foot'), 0.035),
    **dict.fromkeys(('left_forearm', 'right_forearm'), 0.02),
    **dict.fromkeys(('left_arm', 'right_arm'), 0.015),
    **dict.fromkeys(('left_hand', 'right_hand'), 0.012),
}


@dataclass(frozen=True)
class Build:
    """Body measures, as shares of the height unless said.

    Args:
        height: Standing height in metres, without skates.
        leg, arm, trunk: Lengths of one leg (hip to ankle), one arm and the trunk.
        hip, shoulder: Half the distance between the hip and the shoulder joints.
        girth: Scale of the limbs' thickness (1 is average).
    """

    height: float = 1.68
    leg: float = 0.475
    arm: float = 0.315
    trunk: float = 0.29
    hip: float = 0.052
    shoulder: float = 0.112
    girth: float = 1.0


def random_build(rng: np.random.Generator, woman: bool) -> Build:
    """Draw the build of a person.

    Args:
        rng: Source of randomness.
        woman: Whether to draw from the women's or the men's distribution.
    """
    height = rng.normal(1.60, 0.055) if woman else rng.normal(1.74, 0.06)
    return Build(
        height=float(np.clip(height, 1.45, 1.92)),
        leg=float(rng.normal(0.478, 0.012)),
        arm=float(rng.normal(0.312, 0.01)),
        trunk=float(rng.normal(0.287, 0.009)),
        hip=float(rng.normal(0.056 if woman else 0.051, 0.003)),
        shoulder=float(rng.normal(0.105 if woman else 0.118, 0.005)),
        girth=float(np.clip(rng.normal(0.92 if woman else 1.03, 0.07), 0.75, 1.25)),
    )


def rest_pose(build: Build) -> tuple[tuple[str, str | None, tuple[float, float, float]], ...]:
    """Kinematic tree: joint, parent and offset (m) with all limbs hanging straight down."""
    t, leg, arm = build.trunk, build.leg, build.arm
    rows = [
        ('hips', None, (0, 0, 0)),
        ('spine', 'hips', (0, -0.005, 0.2 * t)),
        ('spine1', 'spine', (0, -0.005, 0.25 * t)),
        ('spine2', 'spine1', (0, 0, 0.27 * t)),
        ('neck', 'spine2', (0, 0.004, 0.28 * t)),
        ('head', 'neck', (0, 0.012, 0.05)),
        ('head_top', 'head', (0, 0.008, 0.115)),
        ('right_eye', 'head', (0.019, 0.052, 0.05)),
        ('left_eye', 'head', (-0.019, 0.052, 0.05)),
    ]
    for side, x in (('left', -1), ('right', 1)):
        rows += [
            (f'{side}_shoulder', 'neck', (0.3 * x * build.shoulder, 0, -0.012)),
            (f'{side}_arm', f'{side}_shoulder', (0.7 * x * build.shoulder, -0.004, -0.012)),
            (f'{side}_forearm', f'{side}_arm', (0, 0, -0.53 * arm)),
            (f'{side}_hand', f'{side}_forearm', (0, 0, -0.47 * arm)),
        ]
    for side, x in (('left', -1), ('right', 1)):
        rows += [
            (f'{side}_up_leg', 'hips', (x * build.hip, 0, -0.015)),
            (f'{side}_leg', f'{side}_up_leg', (0, 0, -0.5 * leg)),
            (f'{side}_foot', f'{side}_leg', (0, 0, -0.5 * leg)),
            (f'{side}_toe_base', f'{side}_foot', (0, 0.078, -0.03)),
        ]
    return tuple((n, p, tuple(build.height * v for v in o)) for n, p, o in rows)


JOINTS = tuple(name for name, _, _ in rest_pose(Build()))
JOINT = {name: i for i, name in enumerate(JOINTS)}
MASS_SHARES = np.array([MASS.get(name, 0.0) for name in JOINTS])
MASS_SHARES /= MASS_SHARES.sum()


def blade_points(build: Build) -> np.ndarray:
    """Heel, middle and toe pick of a blade from the ankle, (3, 3) metres in the foot's frame."""
    low = -(0.039 * build.height + 0.055)
    return np.array([[0, -0.06, low + 0.004], [0, 0.06, low], [0, 0.17, low + 0.014]])


def rotation(axis: str, degrees: np.ndarray) -> np.ndarray:
    """Rotation matrices (T, 3, 3) about the axis 'x', 'y' or 'z' by angles (T,) in degrees."""
    angle = np.deg2rad(np.asarray(degrees, dtype=np.float64))
    i = 'xyz'.index(axis)
    j, k = (i + 1) % 3, (i + 2) % 3
    out = np.zeros((*angle.shape, 3, 3))
    out[..., i, i] = 1
    out[..., j, j] = out[..., k, k] = np.cos(angle)
    out[..., k, j] = np.sin(angle)
    out[..., j, k] = -out[..., k, j]
    return out


def local_rotations(dofs: np.ndarray) -> dict[str, np.ndarray]:
    """Rotation of each moving joint against its parent from joint angles (T, 25) in degrees."""

    def value(name: str) -> np.ndarray:
        return dofs[:, DOF[name]]

    third = 1 / 3
    bend = (
        rotation('z', third * value('spine_twist'))
        @ rotation('y', third * value('spine_side'))
        @ rotation('x', -third * value('spine_flex'))
    )
    local = dict.fromkeys(('spine', 'spine1', 'spine2'), bend)
    local['hips'] = rotation('y', value('pelvis_roll')) @ rotation('x', -value('pelvis_pitch'))
    local['head'] = rotation('z', value('head_yaw')) @ rotation('x', value('head_pitch'))
    for side, s in (('left', 1), ('right', -1)):
        arm, leg = f'{side}_arm', f'{side}_leg'
        local[arm] = (
            rotation('z', -s * value(f'{arm}_front'))
            @ rotation('y', s * value(f'{arm}_lift'))
            @ rotation('z', s * value(f'{arm}_roll'))
        )
        local[f'{side}_forearm'] = rotation('x', value(f'{arm}_elbow'))
        local[f'{side}_up_leg'] = (
            rotation('y', s * value(f'{leg}_spread'))
            @ rotation('x', value(f'{leg}_flex'))
            @ rotation('z', s * value(f'{leg}_out'))
        )
        local[f'{side}_leg'] = rotation('x', -value(f'{leg}_knee'))
        local[f'{side}_foot'] = rotation('x', -value(f'{leg}_point'))
    return local


def forward_kinematics(
    build: Build, dofs: np.ndarray, base: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Joint positions of a body whose hips lie at the origin.

    Args:
        build: The body's measures.
        dofs: (T, 25) joint angles in degrees, in the order of ``DOFS``.
        base: (T, 3, 3) orientation of the body in the world.

    Returns:
        Joints (T, 25, 3) in metres in the order of ``JOINTS``, and the orientation (T, 3, 3) of
        every joint's segment by name.
    """
    local = local_rotations(dofs)
    joints = np.zeros((len(dofs), len(JOINTS), 3))
    frames: dict[str, np.ndarray] = {}
    for name, parent, offset in rest_pose(build):
        frame = base if parent is None else frames[parent]
        if parent is not None:
            joints[:, JOINT[name]] = joints[:, JOINT[parent]] + frame @ np.array(offset)
        frames[name] = frame @ local[name] if name in local else frame
    return joints, frames


def mass_centre(joints: np.ndarray) -> np.ndarray:
    """Centre of mass (T, 3) of joints (T, 25, 3)."""
    return np.einsum('tjc,j->tc', joints, MASS_SHARES)
