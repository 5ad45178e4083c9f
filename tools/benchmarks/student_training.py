"""Images a second of the student's full training step, from disk, against the plain way.

Example: python tools/benchmarks/student_training.py configs/vpd/vpd_r34_motion_fs.py data/fs/crops

The recipe of the config (network, augmentation, precision) is timed from packed crops and from the
same crops as images; the plain way reads the images, augments them one by one in the workers by
OpenCV and NumPy, and trains in float32 on NCHW batches. They take turns, and the best turn of each
counts. Then each is timed part by part, waiting for the device after each part; "read" is what a
step waits for the workers. Targets are made up.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import default_collate
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from student_steps import PlainCrops, Training, our_step, plain_step
from torch.utils.data import DataLoader

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets import CropDataset
from vpd_mm.formats import FormatError, PackedCropWriter, open_crops, write_embeddings
from vpd_mm.formats.crop_stores import CropFolders
from vpd_mm.registry import MODELS

PARTS = ('read', 'transfer', 'augment', 'forward, backward')


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', nargs='?', default='configs/vpd/vpd_r34_motion_fs.py')
    parser.add_argument('crops', nargs='?', type=Path, default=Path('data/demo/crops'))
    parser.add_argument('--iterations', type=int, default=10, help='steps of a turn')
    parser.add_argument('--turns', type=int, default=3)
    parser.add_argument('--crop-count', type=int, default=4000, help='crops to read from')
    parser.add_argument('--batch-size', type=int, default=100)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--size', type=int, default=128, help='side of the images in pixels')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    args = parser.parse_args()
    if min(args.iterations, args.turns, args.batch_size, args.size) < 1 or args.workers < 0:
        parser.error('--iterations, --turns, --batch-size and --size must be positive')
    return args


def pack(crops: Path, count: int, dim: int, out: Path) -> list[str]:
    """Pack so many crops and make up their targets; gives the videos that are left out."""
    images, total, used = open_crops(crops), 0, []
    if not images.videos or not isinstance(images, CropFolders):
        raise FormatError(crops, 'holds no crops as images; extract some first')
    with PackedCropWriter(out / 'packed') as writer:
        for video in images.videos:
            frames = images.frames(video, flow=True).tolist()
            if not frames or (total >= count and len(used) > 1):
                continue
            total += writer.write_video(video, ((f, images.read(video, f), None) for f in frames))
            rows = np.random.default_rng(total).normal(size=(len(frames), 2, dim))
            write_embeddings(out / f'{video}.emb.pkl', frames, rows.astype(np.float32))
            used.append(video)
    return sorted(set(images.videos) - set(used))


def build(cfg: Config, args: Namespace, folder: Path) -> dict[str, Training]:
    device = torch.device(args.device)
    dim = cfg.model.head.embedding_dim
    unused = pack(args.crops, args.crop_count, dim, folder)
    count = args.batch_size * (args.iterations + 2)
    pipeline = [dict(type='LoadCrop', size=args.size), dict(type='PackCropInputs')]

    def training(crops: Path, plain: bool = False) -> Training:
        dataset = CropDataset(
            str(crops), str(folder), protocol='reference', val_fraction=0, pipeline=pipeline,
            motion=cfg.model.get('motion_head') is not None, exclude_videos=unused,
        )  # fmt: skip
        model = MODELS.build(cfg.model).to(device).train()
        step = partial(plain_step, model=model, device=device)
        if plain:
            colours = cfg.model.data_preprocessor
            dataset = PlainCrops(dataset, args.size, colours.mean, colours.std)
        else:
            wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
            step = partial(our_step, model=model, wrapper=wrapper, device=device)
        sampler = torch.utils.data.RandomSampler(dataset, replacement=True, num_samples=count)
        loader = DataLoader(
            dataset, args.batch_size, sampler=sampler, num_workers=args.workers,
            collate_fn=None if plain else default_collate, pin_memory=device.type == 'cuda',
            worker_init_fn=lambda _: cv2.setNumThreads(0),
        )  # fmt: skip
        return Training(loader, step, device)

    return {
        'packed crops': training(folder / 'packed'),
        'images': training(args.crops),
        'images, the plain way': training(args.crops, plain=True),
    }


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences(), TemporaryDirectory() as folder:
        cfg = Config.fromfile(args.config)
        with DefaultScope.overwrite_default_scope('vpd_mm'):
            ways = build(cfg, args, Path(folder))
        for _ in range(args.turns):
            for way in ways.values():
                way.run(args.iterations)
        for way in ways.values():
            way.run(args.iterations, by_parts=True)
    images = args.iterations * args.batch_size
    plain = ways['images, the plain way'].best
    print(f'{args.config}, batches of {args.batch_size}, {args.size} pixels, {args.device}')
    print(f'{"milliseconds a batch":24}' + ''.join(f'{part:>19}' for part in PARTS))
    for name, way in ways.items():
        times = [1000 * way.parts[part] / args.iterations for part in PARTS]
        print(f'{name:24}' + ''.join(f'{value:19.1f}' for value in times))
    for name, way in ways.items():
        busy = sum(way.parts[part] for part in PARTS[1:]) / way.best
        print(
            f'{name:24}{images / way.best:7.0f} images/s, {plain / way.best:5.2f} times the plain '
            f'way, {"device" if args.device != "cpu" else "trainer"} busy {min(1, busy):4.0%}'
        )


if __name__ == '__main__':
    main()
