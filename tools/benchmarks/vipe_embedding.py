"""Poses that the teacher embeds in a second, with their mirror images, stage by stage.

Example: python tools/benchmarks/vipe_embedding.py data/demo/pose

The network is the paper's, untrained: weights do not change the time. The plain way reads with the
standard library, normalises one pose after the other and embeds video by video.
"""

import gzip
import json
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from mmengine.structures import BaseDataElement

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets import PoseSequenceDataset
from vpd_mm.evaluation.metrics import EmbeddingWriter
from vpd_mm.formats import list_pose_videos, read_poses
from vpd_mm.models.embedders import VIPEEmbedder
from vpd_mm.skeletons import normalize_pose2d


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('poses', nargs='?', type=Path, default=Path('data/demo/pose'))
    parser.add_argument('--batch-size', type=int, default=16, help='videos at a time')
    return parser.parse_args()


def embed_plainly(model: VIPEEmbedder, path: Path) -> None:
    """Read, normalise and embed one video."""
    content = json.loads(gzip.decompress((path / 'coco_keypoints.json.gz').read_bytes()))
    poses = [
        normalize_pose2d(np.array([keypoints], np.float32), flip)[0]
        for _, people in content
        for _, _, keypoints in people
        for flip in (False, True)
    ]
    model(torch.from_numpy(np.stack(poses))).numpy()


def rate(work: Callable[[], object], poses: int, repeats: int = 3) -> float:
    """Poses a second, the best of several runs."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return poses / min(seconds)


def embed(model: VIPEEmbedder, batches: list, amp: bool) -> list[BaseDataElement]:
    with torch.autocast('cpu', torch.bfloat16, enabled=amp):
        return [sample for batch in batches for sample in model(*batch, mode='predict')]


def write(samples: list[BaseDataElement]) -> None:
    with TemporaryDirectory() as folder:
        writer = EmbeddingWriter(folder)
        writer.process(None, [sample.to_dict() for sample in samples])
        writer.evaluate(len(samples))


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        dataset = PoseSequenceDataset(str(args.poses))
        paths = list(list_pose_videos(args.poses).values())
        items = [dataset[i] for i in range(len(dataset))]
    poses = sum(len(item['inputs']) for item in items)
    batches = [
        ([i['inputs'] for i in part], [i['data_samples'] for i in part])
        for part in (
            items[start : start + args.batch_size]
            for start in range(0, len(items), args.batch_size)
        )
    ]
    model = VIPEEmbedder(backbone=dict(type='ResidualMLP')).eval()
    print(f'{len(items)} videos, {poses} poses, {torch.get_num_threads()} threads')
    with torch.inference_mode():
        plain = rate(lambda: [embed_plainly(model, path) for path in paths], poses, repeats=1)
        samples = embed(model, batches, False)
        rates = {
            'read, one process': rate(lambda: [read_poses(path) for path in paths], poses),
            'read and normalise': rate(lambda: [dataset[i] for i in range(len(items))], poses),
            'embed, float32': rate(lambda: embed(model, batches, False), poses),
            'embed, bfloat16': rate(lambda: embed(model, batches, True), poses),
            'write': rate(lambda: write(samples), poses),
        }
    print(f'{"plain, all of it":20}{plain:10.0f} poses/s')
    for name, value in rates.items():
        print(f'{name:20}{value:10.0f} poses/s  {value / plain:6.1f} times the plain way')


if __name__ == '__main__':
    main()
