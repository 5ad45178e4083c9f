"""Pack the crops of a data set: a file <video>.crops for each folder of images.

Example: python tools/data/pack_crops.py data/fs/crops data/fs/packed

Packed crops are read several times as fast as images and lie in far fewer files; every config takes
them as its crop_dir. Images become JPEG of quality 95, or stay exact with --lossless; flow and mask
are always exact. The previous crops are left out: compute the flow first. A video that is packed
already is left alone, so an interrupted run goes on where it stopped.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import available_cpus, exit_with_failures, map_videos
from vpd_mm.formats import FormatError, PackedCropWriter, open_crops


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('crops', type=Path, help='folder of crop directories')
    parser.add_argument('out', type=Path, help='folder for the packed crops')
    parser.add_argument('--lossless', action='store_true', help='keep the images exactly')
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    args = parser.parse_args()
    if args.workers < 1:
        parser.error('--workers must be positive')
    return args


def pack_one(video: str, args: Namespace) -> None:
    """Pack one video's crops."""
    crops = open_crops(args.crops)
    frames = crops.frames(video).tolist()
    if not frames:
        raise FormatError(args.crops / video, 'has no crops; extract them again')
    with PackedCropWriter(args.out, args.lossless) as writer:
        writer.write_video(video, ((frame, crops.read(video, frame), None) for frame in frames))


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos = open_crops(args.crops).videos
        if not videos:
            raise FileNotFoundError(f'{args.crops}: there are no crops here; extract them first')
        with PackedCropWriter(args.out) as writer:
            done = set(writer.videos)
    todo = [video for video in videos if video not in done]
    exit_with_failures(map_videos(partial(pack_one, args=args), todo, args.workers, 'pack'))


if __name__ == '__main__':
    main()
