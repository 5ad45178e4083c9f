"""Make a contact sheet of the crops of each video: crop, previous crop, flow and mask.

Example: python tools/analysis/browse_crops.py data/fs/crops --out sheets --frames 36

CROPS is a folder of crop directories, one crop directory, or a packed data set. Flow is drawn as
colour: its hue is the direction, its brightness the speed; the wheel at the top explains it. Writes
<out>/<video>.png.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

import cv2

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import available_cpus, exit_with_failures, map_videos
from vpd_mm.formats import CropStore, atomic_path, list_crop_frames, open_crops
from vpd_mm.visualization.contact_sheet import contact_sheet


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('crops', type=Path, help='crops of a data set, or of one video')
    parser.add_argument('--out', type=Path, required=True, help='folder for the sheets')
    parser.add_argument('--videos', nargs='+', help='names of videos; all by default')
    parser.add_argument(
        '--frames', type=int, default=24, help='frames of each video, evenly spaced'
    )
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    args = parser.parse_args()
    if args.frames < 1 or args.workers < 1:
        parser.error('--frames and --workers must be positive')
    return args


def write_sheet(video: str, crops: CropStore, count: int, out: Path) -> None:
    """Write the contact sheet of one video."""
    sheet = contact_sheet(crops, video, count)
    with atomic_path(out / f'{video}.png') as temporary:
        Path(temporary).write_bytes(cv2.imencode('.png', sheet[..., ::-1])[1].tobytes())


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        one_video = args.crops.is_dir() and len(list_crop_frames(args.crops)) > 0
        crops = open_crops(args.crops.absolute().parent if one_video else args.crops)
        videos = [args.crops.absolute().name] if one_video else args.videos or crops.videos
        if not videos:
            raise FileNotFoundError(f'{args.crops}: has no crops; extract them first')
    job = partial(write_sheet, crops=crops, count=args.frames, out=args.out)
    exit_with_failures(map_videos(job, videos, args.workers, 'sheets'))


if __name__ == '__main__':
    main()
