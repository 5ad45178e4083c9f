"""All 2D poses of a video, which the teacher embeds."""

from collections.abc import Collection

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.dataset import BaseDataset

from vpd_mm.formats import FormatError, Poses, list_pose_videos, read_poses
from vpd_mm.registry import DATASETS
from vpd_mm.skeletons import invert_keypoints, normalize_pose2d

NO_POSES = Poses(
    np.zeros(0, np.int64),
    np.zeros(0, np.float32),
    np.zeros((0, 4), np.float32),
    np.zeros((0, 17, 3), np.float32),
)


@DATASETS.register_module()
class PoseSequenceDataset(BaseDataset):
    """Videos of a pose directory; a sample is a whole video.

    A sample has ``inputs`` (N, V, 13 or 25, 3), the normalised poses of N detections as they are
    and mirrored, and in the metainfo of ``data_samples`` the ``video``, ``detection_frame`` (N
    numbers), ``kp_score`` (N means of the 17 keypoint scores), ``average``, whether the detections
    of a frame are to be averaged, and ``num_rows``, how many rows the video is to have. Where the
    poses cannot be used, N is 0 and ``problem`` is a sentence that says why.

    Args:
        pose_dir: Folder of pose directories, or of their ``.json.gz`` files.
        videos: Only these videos; all by default.
        exclude_videos: Videos to leave out, such as those that are embedded already.
        min_score: Detections below this score are left out.
        per_frame: Of several detections in a frame, give the ``'mean'`` of the embeddings, the
            ``'first'`` alone or ``'all'``, a row each.
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
        per_frame: str = 'mean',
        mirror: bool = True,
        bones: bool = False,
        invert: bool = False,
        lazy_init: bool = False,
    ) -> None:
        if per_frame not in ('mean', 'first', 'all'):
            raise ValueError(f"per_frame is {per_frame!r}; choose 'mean', 'first' or 'all'")
        self.pose_dir = pose_dir
        self.videos = videos
        self.exclude_videos = set(exclude_videos)
        self.min_score = min_score
        self.per_frame = per_frame
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
        problem = None
        try:
            poses = self._detections(read_poses(info['path'], self.min_score))
        except (OSError, ValueError) as error:
            poses, problem = NO_POSES, str(error)
        if not len(poses) and not problem:
            problem = str(FormatError(info['path'], self._why_empty()))
        frames = len(poses) if self.per_frame == 'all' else len(np.unique(poses.frame))
        sample = ActionDataSample()
        sample.set_metainfo(
            dict(
                video=info['video'],
                detection_frame=poses.frame,
                kp_score=poses.keypoints[..., 2].mean(1),
                average=self.per_frame == 'mean',
                num_rows=frames,
                problem=problem,
            )
        )
        return dict(inputs=torch.from_numpy(self._views(poses.keypoints)), data_samples=sample)

    def _detections(self, poses: Poses) -> Poses:
        if self.per_frame != 'first':
            return poses
        rows = np.unique(poses.frame, return_index=True)[1]
        return Poses(*(column[rows] for column in vars(poses).values()))

    def _why_empty(self) -> str:
        scored = f' that scores {self.min_score} or more' if self.min_score else ''
        return f'has no detection{scored}; extract the poses again or remove the video'

    def _views(self, keypoints: np.ndarray) -> np.ndarray:
        if self.invert:
            keypoints = invert_keypoints(keypoints)
        flips = (False, True) if self.mirror else (False,)
        return np.stack([normalize_pose2d(keypoints, flip, self.bones) for flip in flips], 1)
