"""Cut the athlete's crops out of videos, and optionally compute the flow between them.

Example: python tools/data/extract_crops.py data/fs/videos data/fs/pose data/fs/crops --flow dis

Writes <out>/<video>/<frame>.png, .prev.png (the same window one step earlier), .mask.png and, with
--flow, .flow.png. Each pose directory <pose_dir>/<video> needs a boxes.json; its video is
<video_dir>/<video>.mp4 (front__<video> and back__<video> belong to the same video). A video whose
crops are complete is left alone, so an interrupted run goes on where it stopped.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import (
    CropSettings,
    available_cpus,
    build_flow,
    exit_with_failures,
    extract_crops,
    find_jobs,
    map_videos,
)


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
        '--no-smooth', action='store_true', help='do not unite a box with that of the frame before'
    )
    parser.add_argument(
        '--flow',
        nargs='?',
        const='auto',
        choices=['auto', 'dis', 'raft'],
        help='compute flow too; auto: raft with a GPU and torchvision, else dis',
    )
    parser.add_argument('--raft-weights', help="RAFT's weights: a file or torchvision's name")
    parser.add_argument(
        '--no-prev', action='store_true', help='with --flow: leave out the previous crops'
    )
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    args = parser.parse_args()
    if args.no_prev and not args.flow:
        parser.error('--no-prev needs --flow: without the previous crops there is no flow later')
    if args.dim < 1 or args.workers < 1 or (args.target_fps is not None and args.target_fps <= 0):
        parser.error('--dim, --workers and --target-fps must be positive')
    return args


def extract_one(name: str, videos: dict[str, Path], args: Namespace) -> None:
    """Extract one video's crops, unless they are there."""
    if (args.out / name).is_dir():
        return
    settings = CropSettings(args.dim, args.target_fps, not args.no_smooth, not args.no_prev)
    flow = build_flow(args.flow, weights=args.raft_weights) if args.flow else None
    extract_crops(videos[name], args.pose_dir / name, args.out / name, settings, flow)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos, failures = find_jobs(args.video_dir, args.pose_dir, args.videos)
    job = partial(extract_one, videos=videos, args=args)
    exit_with_failures(failures | map_videos(job, videos, args.workers, 'crops'))


if __name__ == '__main__':
    main()
