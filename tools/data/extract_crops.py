"""Cut the athlete's crops out of videos, and optionally compute the flow between them.

Examples:
    python tools/data/extract_crops.py data/fs/videos data/fs/pose data/fs/crops --flow dis
    python tools/data/extract_crops.py data/fs/videos data/fs/pose data/fs/packed --flow --packed

Writes <out>/<video>/<frame>.png, .prev.png (the same window one step earlier; .prev2.png … with
--previous), .mask.png and, with --flow, .flow.png; or with --packed one file <out>/<video>.crops.
Each pose directory <pose_dir>/<video> needs a boxes.json; its video is <video_dir>/<video>.mp4
(front__<video> and back__<video> belong to the same video). A video whose crops are complete is
left alone, so an interrupted run goes on where it stopped; <out>/crops.json holds the options, so
that a later run does not mix others in.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from dataclasses import asdict
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import (
    FLOW_CHOICES,
    CropSettings,
    FlowSettings,
    add_flow_options,
    add_job_options,
    exit_with_failures,
    extract_crops,
    find_jobs,
    flow_settings,
    keep_settings,
    map_videos,
    pack_extracted_crops,
)
from vpd_mm.formats import PackedCropWriter


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('video_dir', type=Path, help='folder of <video>.mp4 files')
    parser.add_argument('pose_dir', type=Path, help='folder of pose directories')
    parser.add_argument('out', type=Path, help='folder for the crops')
    parser.add_argument('--videos', nargs='+', help='names of pose directories; all by default')
    parser.add_argument('--dim', type=int, default=128, help='side of the crops in pixels')
    parser.add_argument(
        '--target-fps', type=float, help='frame rate of the step to the previous crop; the own one'
    )
    parser.add_argument(
        '--previous', type=int, default=1, help='how many previous crops, each a step further back'
    )
    parser.add_argument(
        '--no-smooth', action='store_true', help='do not unite a box with that of the frame before'
    )
    parser.add_argument(
        '--packed',
        nargs='?',
        const='jpeg',
        choices=['jpeg', 'lossless'],
        help='one file a video instead of images; jpeg: colours at quality 95, the rest exact',
    )
    parser.add_argument(
        '--flow',
        nargs='?',
        const='auto',
        choices=FLOW_CHOICES,
        help='compute flow too; auto: raft with a GPU and torchvision, else dis',
    )
    parser.add_argument(
        '--no-prev', action='store_true', help='with --flow: leave out the previous crops'
    )
    add_flow_options(parser)
    add_job_options(parser)
    args = parser.parse_args()
    if args.no_prev and not args.flow:
        parser.error('--no-prev needs --flow: without the previous crops there is no flow later')
    if args.packed and args.previous > 1:
        parser.error('--packed keeps one previous crop; leave out --previous')
    numbers = (args.dim, args.workers, args.previous, args.clip)
    if min(numbers) <= 0 or (args.target_fps is not None and args.target_fps <= 0):
        parser.error('--dim, --workers, --previous, --clip and --target-fps must be positive')
    return args


def extract_one(
    name: str,
    videos: dict[str, Path],
    args: Namespace,
    settings: CropSettings,
    flow: FlowSettings | None,
) -> None:
    """Extract one video's crops, unless they are there."""
    codes = flow.codes if flow else None
    source = videos[name], args.pose_dir / name
    if not args.packed:
        if not (args.out / name).is_dir():
            extract_crops(*source, args.out / name, settings, codes)
        return
    with PackedCropWriter(args.out, lossless=args.packed == 'lossless') as writer:
        if name not in writer.videos:
            pack_extracted_crops(*source, writer, name, settings, codes)


def main() -> None:
    args = parse_args()
    args.pose_dir, args.out = args.pose_dir.absolute(), args.out.absolute()
    settings = CropSettings(
        args.dim, args.target_fps, not args.no_smooth, args.previous, not args.no_prev
    )
    with user_errors_as_sentences():
        flow = flow_settings(args.flow, args) if args.flow else None
        videos, failures = find_jobs(args.video_dir.absolute(), args.pose_dir, args.videos)
        form = dict(flow=bool(flow), packed=args.packed)
        keep_settings(args.out / 'crops.json', asdict(settings) | form)
        if flow:
            keep_settings(args.out / 'flow.json', flow.record())
        job = partial(extract_one, videos=videos, args=args, settings=settings, flow=flow)
        failures |= map_videos(job, videos, args.workers, 'crops', args.scheduler)
    exit_with_failures(failures)


if __name__ == '__main__':
    main()
