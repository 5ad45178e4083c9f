"""3D poses beside what a teacher's lifting head makes of their 2D views."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np

from vpd_mm.skeletons import (
    Skeleton,
    decode_offsets,
    offsets_from_features,
    unit_offsets,
)

from .loss_curves import save_figure
from .pose_overlay import LIMBS

matplotlib.use('Agg')
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

LEFT, RIGHT, MIDDLE = COLORS = ('tab:orange', 'tab:blue', '0.4')
VIEWS = {'front': (0, 2), 'left side': (1, 2)}
"""The coordinates that go to the right and up in each view."""
PANEL = (1.15, 1.65)
"""Width and height of a panel in inches."""


@dataclass
class LiftedPoses:
    """N poses of one set, true and lifted.

    Attributes:
        title: What the set is called.
        skeleton: Its joint set.
        seen: The 2D poses that the teacher saw, COCO-17 (N, 17, 3), y down.
        true: Joints about the root, (N, J, 3): x to the person's left, y forward, z up.
        lifted: The same from lifted bone directions and true bone lengths.
        error: Mean angle between the true and the lifted bones, (N,) degrees.
    """

    title: str
    skeleton: Skeleton
    seen: np.ndarray
    true: np.ndarray
    lifted: np.ndarray
    error: np.ndarray


def compare_lifted(
    title: str, skeleton: Skeleton, seen: np.ndarray, offsets: np.ndarray, features: np.ndarray
) -> LiftedPoses:
    """Rebuild poses from lifted features and measure their bones' directions.

    Args:
        title: What the set is called.
        skeleton: Its joint set.
        seen: The 2D poses that the teacher saw, (N, 17, 3).
        offsets: True offsets, (N, B, 3).
        features: Lifted features, (N, B, 4 or 7).
    """
    lifted = offsets_from_features(features, np.linalg.norm(offsets, axis=-1))
    cosines = np.einsum('nbc,nbc->nb', unit_offsets(offsets), unit_offsets(lifted))
    angles = np.degrees(np.arccos(np.clip(cosines, -1, 1)))
    return LiftedPoses(
        title=title,
        skeleton=skeleton,
        seen=seen,
        true=decode_offsets(offsets, skeleton),
        lifted=decode_offsets(lifted, skeleton),
        error=angles.mean(1),
    )


def plot_lifted_poses(sets: list[LiftedPoses], path: str | Path) -> None:
    """Draw what the teacher saw, the true pose and the lifted one from the front and the side.

    Args:
        sets: Poses, a band of the picture each.
        path: The picture, for instance a .png file.
    """
    columns = max(len(poses.true) for poses in sets)
    size = (3 * PANEL[0] * columns, (2 * PANEL[1] + 0.5) * len(sets) + 0.4)
    figure = plt.figure(figsize=size, layout='constrained')
    for poses, band in zip(sets, figure.subfigures(len(sets), 1, squeeze=False)[:, 0], strict=True):
        band.suptitle(poses.title, x=0.01, ha='left', weight='bold')
        for index, part in enumerate(band.subfigures(1, columns, squeeze=False)[0]):
            part.set_facecolor(('0.95', 'white')[index % 2])
            if index < len(poses.true):
                _draw_pose(part, poses, index)
    handles = [Line2D([], [], color=color, lw=2.5) for color in COLORS]
    labels = ["person's left", "person's right", 'spine and head']
    figure.legend(handles, labels, loc='outside upper right', ncols=3, frameon=False)
    save_figure(figure, path)


def bone_colors(skeleton: Skeleton) -> list[str]:
    """Colour of every bone by the side that its end is on."""
    side = dict.fromkeys(skeleton.bones, MIDDLE)
    for left, right in skeleton.left_right:
        side |= {left: LEFT, right: RIGHT}
    return [side[joint] for joint in skeleton.bones]


def _draw_pose(part, poses: LiftedPoses, index: int) -> None:
    panels = part.subplot_mosaic([['seen', 'true 0', 'lifted 0'], ['seen', 'true 1', 'lifted 1']])
    for panel in panels.values():
        panel.set(xticks=[], yticks=[], facecolor='none')
        panel.set_aspect('equal', adjustable='datalim')
        panel.spines[:].set_visible(False)
    titles = ('seen', 'true', f'lifted, {poses.error[index]:.0f}° off')
    for name, title in zip(('seen', 'true 0', 'lifted 0'), titles, strict=True):
        panels[name].set_title(title, fontsize='medium')
    _draw_seen(panels['seen'], poses.seen[index])
    pair = np.stack([poses.true[index], poses.lifted[index]])
    for number, (view, axes) in enumerate(VIEWS.items()):
        panels[f'true {number}'].set_ylabel(view)
        beside = (panels[f'true {number}'], panels[f'lifted {number}'])
        _draw_pair(beside, pair[..., axes], poses.skeleton)


def _draw_pair(panels: tuple, pair: np.ndarray, skeleton: Skeleton) -> None:
    """Draw two poses (2, J, 2) to the same scale."""
    for panel, points in zip(panels, pair, strict=True):
        lines = np.stack([points[skeleton.bone_parents], points[list(skeleton.bones)]], 1)
        _draw_lines(panel, lines, bone_colors(skeleton))
        _show(panel, pair.reshape(-1, 2))


def _draw_seen(panel, keypoints: np.ndarray) -> None:
    points = keypoints[:, :2] * [1, -1]
    for limbs, color in zip(LIMBS, COLORS, strict=True):
        _draw_lines(panel, points[np.array(limbs)], color)
    panel.plot(*points[0], 'o', color=MIDDLE)
    _show(panel, points[[0, *range(5, 17)]])


def _draw_lines(panel, lines: np.ndarray, colors) -> None:
    """Draw lines (L, 2 ends, 2)."""
    collection = LineCollection(lines, colors=colors, linewidths=2, capstyle='round')
    panel.add_collection(collection, autolim=False)


def _show(panel, points: np.ndarray) -> None:
    """Let a panel show all points (N, 2)."""
    panel.update_datalim(points)
    panel.autoscale_view()
