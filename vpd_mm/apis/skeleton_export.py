"""Our 2D poses and actions as MMAction2's skeleton annotations."""

import pickle
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from vpd_mm.datasets.sports import Sport
from vpd_mm.formats import Action, Poses, VideoMeta, atomic_path, read_poses


def skeleton_annotation(
    action: Action, label: int, poses: Poses, meta: VideoMeta
) -> dict[str, object] | None:
    """Make the annotation of one action, as MMAction2's ``PoseDataset`` reads it.

    Of several people in a frame the one with the best detection is taken. Frames without a pose
    are zeros, with a score of 0.

    Args:
        action (Action): Its window is the clip.
        label (int): Number of its class.
        poses (Poses): Of its video.
        meta (VideoMeta): Facts of its video.

    Returns:
        dict | None: ``frame_dir`` (the action's id), ``label``, ``img_shape`` and
        ``original_shape`` (height, width), ``total_frames`` T, ``keypoint`` (1, T, 17, 2) and
        ``keypoint_score`` (1, T, 17) float32; None if no frame of the clip has a pose.
    """
    end = min(action.end, meta.num_frames)
    inside = np.flatnonzero((poses.frame >= action.start) & (poses.frame < end))
    if not len(inside):
        return None
    worst_first = inside[np.argsort(poses.score[inside], kind='stable')]
    keypoints = np.zeros((end - action.start, 17, 3), np.float32)
    row_of = dict(zip(poses.frame[worst_first].tolist(), worst_first.tolist(), strict=True))
    rows = np.array(list(row_of.values()))
    keypoints[poses.frame[rows] - action.start] = poses.keypoints[rows]
    shape = (meta.height, meta.width)
    return dict(
        frame_dir=action.id,
        label=label,
        img_shape=shape,
        original_shape=shape,
        total_frames=len(keypoints),
        keypoint=keypoints[None, ..., :2],
        keypoint_score=keypoints[None, ..., 2],
    )


def export_skeletons(
    sport: Sport, splits: Iterable[str], path: str | Path
) -> tuple[dict[str, int], list[str]]:
    """Write the actions of some splits as a skeleton annotation file.

    Args:
        sport (Sport): The sport, with its pose directories.
        splits (Iterable[str]): Splits to write, such as ``train_4_0``.
        path (str | Path): The ``.pkl`` file.

    Returns:
        tuple: How many actions each split has, and the ids of those left out, as they have no
        poses.

    Raises:
        FileNotFoundError: If no action has poses.
        FormatError: If a file is damaged or a split unknown.
    """
    members = {split: sport.actions(split) for split in splits}
    actions = {action.id: action for split in members.values() for action in split}
    by_video: dict[str, list[Action]] = {}
    for action in actions.values():
        by_video.setdefault(action.video, []).append(action)
    annotations = {}
    for video, own in sorted(by_video.items()):
        folder = sport.pose_dir(video)
        if not folder.is_dir():
            continue
        poses, meta = read_poses(folder), sport.video_meta(video)
        for action in own:
            label = sport.classes.index(action.label)
            annotation = skeleton_annotation(action, label, poses, meta)
            if annotation is not None:
                annotations[action.id] = annotation
    if not annotations:
        raise FileNotFoundError(
            f'{sport.data_root}: none of the {len(actions)} actions has poses; see '
            'tools/data/extract_poses.py'
        )
    split = {name: [a.id for a in own if a.id in annotations] for name, own in members.items()}
    content = dict(split=split, annotations=list(annotations.values()))
    with atomic_path(path) as temporary, open(temporary, 'wb') as file:
        pickle.dump(content, file, protocol=4)
    counts = {name: len(ids) for name, ids in split.items()}
    return counts, sorted(set(actions) - set(annotations))
