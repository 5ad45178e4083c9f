"""Crops cut out of videos while they are decoded: what embeds videos without writing crops."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.dataset import Compose
from mmengine.dist import get_dist_info
from torch.utils.data import IterableDataset, get_worker_info

from vpd_mm.formats import Crop
from vpd_mm.registry import DATASETS, TRANSFORMS

from .preparation import CropSettings, FlowSettings, crop_windows, find_jobs, iter_crops


@DATASETS.register_module()
class VideoCropDataset(IterableDataset):
    """Batches of crops, straight from the videos; a worker decodes a whole video.

    The crops are those of tools/data/extract_crops.py, bit by bit, and go through the same
    pipeline as stored ones. A batch holds frames of one video: ``inputs`` (B, C + 1, S, S) uint8
    and ``data_samples``; it needs ``batch_size=None``, ``sampler=None`` and
    ``collate_fn=dict(type='vpd_mm.pass_batch')`` in its dataloader. Where a video cannot be read,
    a batch of one black image has a ``problem``, a sentence that says why.

    Args:
        video_dir: Folder of videos.
        pose_dir: Folder of pose directories, each with ``boxes.json``.
        pipeline: Transforms of a crop, LoadCrop first.
        batch_size: Frames of a batch; a video's last batch may have fewer.
        dim: Side of the crops in pixels.
        target_fps: See :class:`vpd_mm.datasets.preparation.CropSettings`.
        smooth: Likewise.
        flow: Arguments of :class:`vpd_mm.datasets.preparation.FlowSettings`; None without flow.
        exclude_videos: Videos to leave out.

    Raises:
        FileNotFoundError: If a folder is missing, or there is no pose directory at all.
    """

    metainfo = dict(dataset_type='video_crops')

    def __init__(
        self,
        video_dir: str,
        pose_dir: str,
        pipeline: Sequence,
        batch_size: int = 100,
        dim: int = 128,
        target_fps: float | None = None,
        smooth: bool = True,
        flow: dict | None = None,
        exclude_videos: Collection[str] = (),
    ) -> None:
        self.pose_dir = Path(pose_dir)
        self.pipeline = Compose(
            [TRANSFORMS.build(t) if isinstance(t, dict) else t for t in pipeline]
        )
        self.batch_size = batch_size
        self.flow = None if flow is None else FlowSettings(**flow)
        previous = 0 if flow is None else 1
        self.settings = CropSettings(dim, target_fps, smooth, previous, keep_previous=False)
        self.files, self.problems = find_jobs(video_dir, pose_dir)
        names = {*self.files, *self.problems} - set(exclude_videos)
        self.num_rows = {name: self._count_rows(name) for name in names}
        rank, ranks = get_dist_info()
        longest_first = sorted(names, key=lambda name: (-self.num_rows[name], name))
        self.videos = longest_first[rank::ranks]

    def _count_rows(self, video: str) -> int:
        if video in self.problems:
            return 1
        try:
            return len(crop_windows(self.pose_dir / video, self.settings.smooth))
        except (OSError, ValueError) as error:
            self.problems[video] = str(error)
            return 1

    def __len__(self) -> int:
        """Number of batches."""
        return sum(-(-self.num_rows[video] // self.batch_size) for video in self.videos)

    def __iter__(self) -> Iterator[dict]:
        """Give the batches of this worker's videos."""
        worker = get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        for video in self.videos[first::step]:
            try:
                yield from self._batches(video)
            except (OSError, ValueError, ImportError) as error:
                yield self._black_image(video, str(error))

    def _batches(self, video: str) -> Iterator[dict]:
        if video in self.problems:
            yield self._black_image(video, f'{video}: {self.problems[video]}')
            return
        crops = iter_crops(self.files[video], self.pose_dir / video, self.settings)
        while batch := list(islice(crops, self.batch_size)):
            yield self._pack(video, [frame for frame, _, _ in batch], self._with_flow(batch))

    def _with_flow(self, batch: list) -> list[Crop]:
        images = [crop.rgb for _, crop, _ in batch]
        if self.flow is None:
            return [Crop(rgb, None, None) for rgb in images]
        previous = np.stack([nearest for _, _, (nearest, *_) in batch])
        codes = self.flow.codes(previous, np.stack(images))
        return [Crop(rgb, code, None) for rgb, code in zip(images, codes, strict=True)]

    def _pack(self, video: str, frames: list[int], crops: list[Crop]) -> dict:
        rows = self.num_rows[video]
        packed = [
            self.pipeline(dict(video=video, frame=frame, num_rows=rows, crop=crop))
            for frame, crop in zip(frames, crops, strict=True)
        ]
        return dict(
            inputs=torch.stack([item['inputs'] for item in packed]),
            data_samples=[item['data_samples'] for item in packed],
        )

    def _black_image(self, video: str, problem: str) -> dict:
        size = self.settings.dim
        flow = None if self.flow is None else np.zeros((size, size, 2), np.uint8)
        batch = self._pack(video, [0], [Crop(np.zeros((size, size, 3), np.uint8), flow, None)])
        sample: ActionDataSample = batch['data_samples'][0]
        sample.set_metainfo(dict(problem=problem))
        return batch
