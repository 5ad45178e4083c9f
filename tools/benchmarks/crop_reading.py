"""Crops read in a second on one core: packed against a directory of PNG images.

Example: python tools/benchmarks/crop_reading.py data/fs/crops

The crops of some videos are packed into a temporary folder. Then both forms read the same crops,
with flow and mask, in the same random order, by turns; the best turn of each counts.
"""

import os
import random
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.formats import CropStore, FormatError, PackedCropWriter, crop_codecs, open_crops


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('crops', nargs='?', type=Path, default=Path('data/demo/crops'))
    parser.add_argument('--count', type=int, default=1000, help='crops to read')
    parser.add_argument('--turns', type=int, default=7)
    parser.add_argument('--lossless', action='store_true', help='pack without loss')
    args = parser.parse_args()
    if args.count < 1 or args.turns < 1:
        parser.error('--count and --turns must be positive')
    return args


def choose(images: CropStore, count: int) -> list[tuple[str, int]]:
    """Video and frame of so many crops of the first videos, in random order."""
    keys = []
    for video in images.videos:
        keys += [(video, frame) for frame in images.frames(video).tolist()]
        if len(keys) >= 2 * count:
            break
    random.Random(0).shuffle(keys)
    return keys[:count]


def pack(images: CropStore, keys: list[tuple[str, int]], out: str, lossless: bool) -> int:
    """Pack the videos of the keys; returns bytes a crop."""
    size = count = 0
    with PackedCropWriter(out, lossless) as writer:
        for video in sorted({video for video, _ in keys}):
            frames = images.frames(video).tolist()
            crops = ((frame, images.read(video, frame), None) for frame in frames)
            count += writer.write_video(video, crops)
            size += (Path(out) / f'{video}.crops').stat().st_size
    return size // count


def bytes_of_images(images: CropStore, keys: list[tuple[str, int]]) -> int:
    """Bytes a crop, previous crops not counted."""
    files = (
        images.path / video / f'{frame}{kind}.png'
        for video, frame in keys
        for kind in ('', '.flow', '.mask')
    )
    return sum(file.stat().st_size for file in files if file.is_file()) // len(keys)


def seconds(store: CropStore, keys: list[tuple[str, int]]) -> float:
    start = time.perf_counter()
    for video, frame in keys:
        store.read(video, frame)
    return time.perf_counter() - start


def main() -> None:
    args = parse_args()
    cv2.setNumThreads(1)
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with user_errors_as_sentences(), TemporaryDirectory() as folder:
        images = open_crops(args.crops)
        keys = choose(images, args.count)
        if not keys or not (args.crops / keys[0][0]).is_dir():
            raise FormatError(args.crops, 'holds no crops as images; extract some first')
        size = pack(images, keys, folder, args.lossless)
        turns = [
            [seconds(s, keys) for s in (images, open_crops(folder))] for _ in range(args.turns)
        ]
        crop = images.read(*keys[0])
    png, packed = (len(keys) / min(column) for column in zip(*turns, strict=True))
    fast = [name for name in ('simplejpeg', 'lz4') if getattr(crop_codecs, name) is not None]
    parts = [part for part in ('flow', 'mask') if getattr(crop, part) is not None]
    print(
        f'{len(keys)} crops of {crop.rgb.shape[0]} pixels with {" and ".join(parts) or "nothing"}'
    )
    print(f'installed to read faster: {", ".join(fast) or "nothing"}')
    print(f'images  {png:8.0f} crops/s {bytes_of_images(images, keys):8d} bytes a crop')
    print(f'packed  {packed:8.0f} crops/s {size:8d} bytes a crop')
    print(f'ratio   {packed / png:8.2f}')


if __name__ == '__main__':
    main()
