"""Training samples of the teacher drawn in a second on one core: whole batches against one by one.

Example: python tools/benchmarks/vipe_sampling.py data/demo/pose3d/people3d

Both draw the same: a frame, two cameras of it, projections in place of some, mirroring, a negative
and the 3D features. The plain version does so for one sample after the other.
"""

import os

os.environ['OMP_NUM_THREADS'] = '1'  # before NumPy

import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable

import numpy as np

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets import MultiViewPoseDataset
from vpd_mm.datasets.pose_sampling import NEGATIVE_TRIES
from vpd_mm.skeletons.joint_sets import COCO17
from vpd_mm.skeletons.pose2d import HIPS, KEPT_JOINTS, TORSO
from vpd_mm.skeletons.pose3d import NEGATIVE_COSINE
from vpd_mm.skeletons.projection import AZIMUTH, TILT, UNSEEN


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data', nargs='?', default='data/demo/pose3d/people3d')
    parser.add_argument('--skeleton', default='people3d', help='its joint set')
    parser.add_argument('--batch-sizes', type=int, nargs='+', default=[100, 500])
    parser.add_argument('--samples', type=int, default=50000, help='samples drawn in batches')
    return parser.parse_args()


class PlainSampler:
    """Draws one sample after the other from the recordings of a dataset."""

    def __init__(self, dataset: MultiViewPoseDataset) -> None:
        self.poses, self.how = dataset.poses, dataset.how
        self.skeleton = dataset.poses.skeleton

    def sample(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """A frame in two views, its negative and its features."""
        row = self.poses.usable[rng.integers(len(self.poses.usable))]
        flip = rng.random() < self.how.flip_prob
        negative, valid = self.negative(rng, row)
        first, second = self.two_views(rng, row)
        return dict(
            pose1=self.see(rng, row, first, flip),
            pose2=self.see(rng, row, second, flip),
            negative=self.see(rng, negative, self.two_views(rng, negative)[0], flip),
            negative_valid=valid,
            features=self.features(row, flip),
        )

    def negative(self, rng: np.random.Generator, row: int) -> tuple[int, bool]:
        poses = self.poses
        for _ in range(NEGATIVE_TRIES):
            other = poses.start[row] + rng.integers(poses.length[row])
            if len(poses.keypoints) and not poses.view_count[other]:
                continue
            if (poses.unit[row] * poses.unit[other]).sum(1).min() <= NEGATIVE_COSINE:
                return other, True
        return row, False

    def two_views(self, rng: np.random.Generator, row: int) -> list[np.ndarray | None]:
        count = self.poses.view_count[row]
        chosen = rng.permutation(count)[:2]
        views = [self.poses.keypoints[self.poses.view_start[row] + i] for i in chosen]
        return views + [None] * (2 - len(views))

    def see(self, rng: np.random.Generator, row: int, view, flip: bool) -> np.ndarray:
        if view is None or rng.random() < self.how.projection_prob:
            view = self.project(rng, self.poses.coco17[row])
        if flip:
            view = view[COCO17.mirror_joints] * (-1, 1, 1)
        torso = view[TORSO, :2]
        size = max(np.sqrt(((a - b) ** 2).sum()) for i, a in enumerate(torso) for b in torso[:i])
        pose = view[KEPT_JOINTS, :].astype(np.float32)
        pose[:, :2] = (pose[:, :2] - view[HIPS, :2].mean(0)) * (0.5 / (size or 1))
        pose[:, 2] -= 0.5
        return pose

    def project(self, rng: np.random.Generator, joints: np.ndarray) -> np.ndarray:
        azimuth, elevation, roll = rng.uniform(-1, 1, 3) * (AZIMUTH, TILT, TILT)
        c, s = np.cos(azimuth), np.sin(azimuth)
        joints = joints @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        c, s = np.cos(elevation), np.sin(elevation)
        joints = joints @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
        c, s = np.cos(roll), np.sin(roll)
        joints = joints @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])
        scores = rng.uniform(0.5, 1, 17)
        scores[list(UNSEEN)] = 0
        return np.stack([joints[:, 0], -joints[:, 2], scores], 1)

    def features(self, row: int, flip: bool) -> np.ndarray:
        offsets = self.poses.offsets[row]
        if flip:
            offsets = offsets[self.skeleton.mirror_rows] * (-1, 1, 1)
        unit = offsets / np.maximum(np.linalg.norm(offsets, axis=1, keepdims=True), 1e-12)
        rows, parents = self.skeleton.cosine_pairs
        cosines = np.ones(len(unit))
        cosines[rows] = np.clip((unit[rows] * unit[parents]).sum(1), -1, 1)
        paths = self.skeleton.paths[self.skeleton.bones, :] @ offsets
        paths /= np.maximum(np.linalg.norm(paths, axis=1, keepdims=True), 1e-12)
        angles = np.arccos(cosines)[:, None] / np.pi - 0.5
        return np.concatenate([unit, angles, paths], 1).astype(np.float32)


def samples_per_second(draw: Callable[[int], object], calls: int, samples: int) -> float:
    """Processor time, so that other programs do not count."""
    draw(0)
    start = time.process_time()
    for call in range(calls):
        draw(call)
    return calls * samples / (time.process_time() - start)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        dataset = MultiViewPoseDataset(args.data, args.skeleton, samples_per_epoch=args.samples)
    print(f'{len(dataset.poses)} frames, {len(dataset.poses.keypoints)} recorded views')
    sampler, rng = PlainSampler(dataset), np.random.default_rng(0)
    plain = samples_per_second(lambda _: sampler.sample(rng), 3000, 1)
    print(f'one by one         {plain:9.0f} samples/s')
    for size in args.batch_sizes:
        rate = samples_per_second(
            lambda call, size=size: dataset.__getitems__(range(call * size, (call + 1) * size)),
            max(1, args.samples // size),
            size,
        )
        print(f'batches of {size:<7} {rate:9.0f} samples/s   {rate / plain:5.1f} times as fast')


if __name__ == '__main__':
    main()
