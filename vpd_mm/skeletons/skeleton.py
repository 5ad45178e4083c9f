"""What a joint set is: names, a tree, sides, and a way to COCO-17."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Skeleton:
    """A set of joints as data.

    Attributes:
        name: Name in :data:`SKELETONS`.
        joints: Joint names, in the order of arrays (..., J, 3).
        parents: Parent of every joint as an index into ``joints``, -1 for the root.
        bones: Child joint of every offset row, in the order of arrays (..., B, 3).
        left_right: Pairs of joint indices (left, right).
        coco17: For every COCO-17 joint the joints that it is the weighted sum of.
        extremities: Names of the end joints, which are noisy in most recordings.
        torso: Joints that the plane of the torso is fitted through.
        shoulders: The (left, right) joints that tell front from back.
        neck: Joint that tells the upper end of the spine.
        cosine_rows: For every offset row the row that its angle is measured against; -1 for none.
            By default the bone of its parent joint, and the first bone for the others.

    Example:
        >>> SKELETONS['human36m'].joints[:3]
        ('hips', 'spine', 'neck')
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]
    bones: tuple[int, ...]
    left_right: tuple[tuple[int, int], ...]
    coco17: tuple[dict[str, float], ...]
    extremities: tuple[str, ...] = ()
    torso: tuple[str, ...] = ()
    shoulders: tuple[str, str] = ()
    neck: str = ''
    cosine_rows: tuple[int, ...] = ()

    @property
    def root(self) -> str:
        """Name of the root joint."""
        return self.joints[self.parents.index(-1)]

    def index(self, *names: str) -> list[int]:
        """Indices of joints given by name."""
        return [self.joints.index(name) for name in names]

    @cached_property
    def bone_parents(self) -> np.ndarray:
        """Parent joint of every offset row, (B,) int."""
        return np.array([self.parents[joint] for joint in self.bones])

    @cached_property
    def mirror_joints(self) -> np.ndarray:
        """Permutation (J,) that swaps left and right joints."""
        order = np.arange(len(self.joints))
        for left, right in self.left_right:
            order[[left, right]] = right, left
        return order

    @cached_property
    def mirror_rows(self) -> np.ndarray:
        """Permutation (B,) that swaps left and right offset rows."""
        return np.array([self.bones.index(self.mirror_joints[joint]) for joint in self.bones])

    @cached_property
    def extremity_rows(self) -> np.ndarray:
        """Offset rows of the extremities, (E,) int."""
        return np.array([self.bones.index(i) for i in self.index(*self.extremities)], dtype=int)

    @cached_property
    def paths(self) -> np.ndarray:
        """Matrix (J, B) that sums the offsets from the root to every joint."""
        matrix = np.zeros((len(self.joints), len(self.bones)))
        for joint in range(len(self.joints)):
            ancestor = joint
            while ancestor != -1:
                if ancestor in self.bones:
                    matrix[joint, self.bones.index(ancestor)] = 1
                ancestor = self.parents[ancestor]
        return matrix

    @cached_property
    def coco17_weights(self) -> np.ndarray:
        """Matrix (17, J) from joints to COCO-17."""
        matrix = np.zeros((17, len(self.joints)))
        for row, weights in enumerate(self.coco17):
            matrix[row, self.index(*weights)] = list(weights.values())
        return matrix

    @cached_property
    def cosine_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Offset rows that have an angle, and the rows that it is measured against."""
        against = np.array(self.cosine_rows or self._parent_rows())
        rows = np.flatnonzero(against >= 0)
        return rows, against[rows]

    def _parent_rows(self) -> list[int]:
        rows = [self.bones.index(p) if p in self.bones else 0 for p in self.bone_parents]
        return [-1 if against == row else against for row, against in enumerate(rows)]


def build_skeleton(
    name: str,
    tree: str,
    left_right: tuple[str, str],
    coco17: tuple[dict[str, float], ...],
    boneless: tuple[str, ...] = (),
    bones: str | None = None,
    **facts,
) -> Skeleton:
    """Make a skeleton from text.

    Args:
        name: Name of the skeleton.
        tree: Words ``joint`` (the root) or ``joint<parent``, in joint order.
        left_right: What a left and a right joint's name contain, such as ``('left_', 'right_')``.
        coco17: For every COCO-17 joint the weights of joints.
        boneless: Joints without an offset row; they lie on their parents.
        bones: Words, the child joint of every offset row; by default every joint with a parent.
        facts: Further attributes of :class:`Skeleton`.

    Raises:
        ValueError: If the joints do not form one tree, are unknown, or lack the other side.
    """
    words = [word.partition('<') for word in tree.split()]
    joints = tuple(word[0] for word in words)
    lists = (boneless, [facts.get('neck', joints[0])], *coco17)
    lists += tuple(facts.get(key, ()) for key in ('extremities', 'torso', 'shoulders'))
    _check_known({word[2] for word in words if word[2]}.union(*lists), joints)
    parents = tuple(joints.index(word[2]) if word[2] else -1 for word in words)
    if bones is None:
        bones = ' '.join(w[0] for w in words if w[2] and w[0] not in boneless)
    left, right = left_right
    other_side = {joint: joint.replace(left, right, 1) for joint in joints if left in joint}
    pairs = tuple(
        (joints.index(a), joints.index(b)) for a, b in other_side.items() if b in joints and a != b
    )
    rows = tuple(joints.index(bone) for bone in bones.split())
    skeleton = Skeleton(name, joints, parents, rows, pairs, coco17, **facts)
    _check_tree(skeleton)
    _check_sides(skeleton)
    return skeleton


def _check_known(named: set[str], joints: tuple[str, ...]) -> None:
    unknown = sorted(named - set(joints))
    if unknown:
        raise ValueError(f'{", ".join(unknown)} is not among its joints {", ".join(joints)}')


def _check_tree(skeleton: Skeleton) -> None:
    roots = skeleton.parents.count(-1)
    if roots != 1:
        raise ValueError(f'it has {roots} joints without a parent; exactly one is the root')
    ancestors = np.array(skeleton.parents)
    for _ in skeleton.joints:
        ancestors = np.where(ancestors >= 0, np.array(skeleton.parents)[ancestors], -1)
    if (ancestors >= 0).any():
        joint = skeleton.joints[np.flatnonzero(ancestors >= 0)[0]]
        raise ValueError(f'the parents of {joint} lead in a circle, not to the root')


def _check_sides(skeleton: Skeleton) -> None:
    if not skeleton.left_right:
        raise ValueError('no left joint has a right one; left_right tells how their names differ')
    mirrored = set(skeleton.mirror_joints[list(skeleton.bones)])
    lonely = sorted(skeleton.joints[i] for i in mirrored - set(skeleton.bones))
    if lonely:
        raise ValueError(f'{", ".join(lonely)} has no bone, but the other side has')
