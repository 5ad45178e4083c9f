"""All 2D poses of a video, which the teacher embeds."""

from collections.abc import Collection

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.dataset import BaseDataset

from vpd_mm.formats import Poses, list_pose_videos, read_poses
from vpd_mm.registry import DATASETS
from vpd_mm.skeletons import invert_keypoints, normalize_pose2d


@DATASETS.register_module()
class PoseSequenceDataset(BaseDataset):
    """Videos of a pose directory; a sample is a whole video.

    A sample has ``inputs`` (N, V, 13 or 25, 3), the normalised poses of N detections as they are
    and mirrored, and in the metainfo of ``data_samples`` the ``video``, ``detection_frame`` (N
    numbers), ``kp_score`` (N means of the 17 keypoint scores) and ``num_rows``, the number of
    frames with detections.

    Args:
        pose_dir: Folder of pose directories, or of their ``.json.gz`` files.
        videos: Only these videos; all by default.
        exclude_videos: Videos to leave out, such as those that are embedded already.
        min_score: Detections below this score are left out.
        first_only: Take the first detection of a frame alone.
        mirror: Give the mirrored poses too (V is 2).
        bones: Append the limbs to the poses.
        invert: Turn upside-down athletes (divers, gymnasts) over.
        lazy_init: See :class:`mmengine.dataset.BaseDataset`.
    """

    def __init__(
        self,
        pose_dir: str,
        videos: Collection[str] | None = None,
        exclude_videos: Collection[str] = (),
        min_score: float = 0.0,
        first_only: bool = False,
        mirror: bool = True,
        bones: bool = False,
        invert: bool = False,
        lazy_init: bool = False,
    ) -> None:
        self.pose_dir = pose_dir
        self.videos = videos
        self.exclude_videos = set(exclude_videos)
        self.min_score = min_score
        self.first_only = first_only
        self.mirror = mirror
        self.bones = bones
        self.invert = invert
        super().__init__(serialize_data=False, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """List the videos.

        Raises:
            ValueError: A video that was asked for has no poses.
        """
        found = list_pose_videos(self.pose_dir)
        missing = sorted(set(self.videos or ()) - set(found))
        if missing:
            raise ValueError(
                f'{self.pose_dir}: {len(missing)} videos have no poses, such as {missing[0]}; '
                'extract them, or leave the videos out of `videos`'
            )
        wanted = set(self.videos or found) - self.exclude_videos
        return [dict(video=v, path=str(path)) for v, path in found.items() if v in wanted]

    def prepare_data(self, index: int) -> dict:
        """Read and normalise a video's poses."""
        info = self.get_data_info(index)
        poses = self._detections(read_poses(info['path'], self.min_score))
        sample = ActionDataSample()
        sample.set_metainfo(
            dict(
                video=info['video'],
                detection_frame=poses.frame,
                kp_score=poses.keypoints[..., 2].mean(1),
                num_rows=len(np.unique(poses.frame)),
            )
        )
        return dict(inputs=torch.from_numpy(self._views(poses.keypoints)), data_samples=sample)

    def _detections(self, poses: Poses) -> Poses:
        if not self.first_only:
            return poses
        rows = np.unique(poses.frame, return_index=True)[1]
        return Poses(*(column[rows] for column in vars(poses).values()))

    def _views(self, keypoints: np.ndarray) -> np.ndarray:
        if self.invert:
            keypoints = invert_keypoints(keypoints)
        flips = (False, True) if self.mirror else (False,)
        return np.stack([normalize_pose2d(keypoints, flip, self.bones) for flip in flips], 1)
