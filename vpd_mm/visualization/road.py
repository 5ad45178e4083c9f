"""The way of one labelled action from video to embeddings, as one picture."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np

from vpd_mm.datasets.preparation import crop_windows
from vpd_mm.datasets.sports import Sport
from vpd_mm.formats import (
    Action,
    iter_frames,
    read_crop,
    read_embeddings,
    read_poses,
)

from .flow_colors import flow_codes_to_rgb
from .loss_curves import save_figure
from .pose_overlay import draw_pose

matplotlib.use('Agg')
from matplotlib import pyplot as plt


@dataclass
class FrameRoad:
    """What the road makes of one frame: RGB images (H, W, 3), and where the crop was cut."""

    frame: np.ndarray
    posed: np.ndarray
    crop: np.ndarray
    flow: np.ndarray
    window: np.ndarray


def read_frame_road(sport: Sport, video: str, frame: int) -> FrameRoad:
    """Read one frame and what was made of it.

    Raises:
        FileNotFoundError: The frame has no crop or no pose.
    """
    image = next(img for i, img in enumerate(iter_frames(sport.video_path(video))) if i == frame)
    poses, windows = read_poses(sport.pose_dir(video)), crop_windows(sport.pose_dir(video))
    rows = np.flatnonzero(poses.frame == frame)
    if not len(rows) or frame not in windows:
        raise FileNotFoundError(f'{sport.pose_dir(video)}: frame {frame} has no pose.')
    crop = read_crop(sport.crop_dir(video), frame)
    flow = np.zeros_like(crop.rgb) if crop.flow is None else flow_codes_to_rgb(crop.flow)
    posed = draw_pose(image, poses.keypoints[rows[0]])
    return FrameRoad(image, posed, crop.rgb, flow, windows[frame])


def clearest_frame(sport: Sport, action: Action) -> int:
    """Frame of an action whose keypoints score highest; its middle where no pose was found."""
    poses = read_poses(sport.pose_dir(action.video))
    inside = np.flatnonzero((poses.frame >= action.start) & (poses.frame < action.end))
    if not len(inside):
        return (action.start + action.end) // 2
    scores = poses.keypoints[inside, :, 2].mean(1)
    return int(poses.frame[inside[scores.argmax()]])


def plot_road(
    sport: Sport, action: Action, embedding_dirs: list[str | Path], path: str | Path
) -> None:
    """Draw frame, pose, crop and flow where an action is seen best, and the embeddings around it.

    Args:
        sport (Sport): The sport, with videos, poses and crops.
        action (Action): A labelled action.
        embedding_dirs (list[str | Path]): Folders of ``<video>.emb.pkl``, one panel each.
        path (str | Path): The picture, for instance a .png file.

    Raises:
        FileNotFoundError: Some step of the road has not been taken yet.
    """
    road = read_frame_road(sport, action.video, clearest_frame(sport, action))
    figure = plt.figure(figsize=(12, 3.1 + 1.5 * len(embedding_dirs)), layout='constrained')
    top, *below = figure.subfigures(
        1 + len(embedding_dirs), 1, height_ratios=[3.1] + [1.5] * len(embedding_dirs)
    )
    _draw_images(top, road)
    for subfigure, folder in zip(below, embedding_dirs, strict=True):
        _draw_embedding(subfigure.subplots(), Path(folder), action)
    save_figure(figure, path)


def _draw_images(figure, road: FrameRoad) -> None:
    wide = road.frame.shape[1] / road.frame.shape[0]
    panels = figure.subplots(1, 4, width_ratios=[wide, wide, 1, 1])
    titles = ('video', '→ 2D pose, box', '→ crop', '→ optical flow')
    images = (road.frame, road.posed, road.crop, road.flow)
    for panel, title, image in zip(panels, titles, images, strict=True):
        panel.imshow(image)
        panel.set_title(title)
        panel.axis('off')
    x1, y1, x2, y2 = road.window
    panels[1].add_patch(plt.Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, color='yellow'))
    panels[1].set(xlim=panels[0].get_xlim(), ylim=panels[0].get_ylim())


def _draw_embedding(panel, folder: Path, action: Action) -> None:
    embeddings = read_embeddings(folder / f'{action.video}.emb.pkl')
    margin = 2 * (action.end - action.start)
    near = (embeddings.frame >= action.start - margin) & (embeddings.frame < action.end + margin)
    frames, values = embeddings.frame[near], embeddings.embedding[near, 0]
    spread = np.abs(values).max() or 1
    panel.pcolormesh(
        frames, range(values.shape[1]), values.T, cmap='RdBu', vmin=-spread, vmax=spread
    )
    for edge in (action.start, action.end):
        panel.axvline(edge, color='black')
    panel.set(title=f'→ {folder.name} embedding, {action.label} between the lines', xlabel='frame')
    panel.set_ylabel('component')
