"""Compute the flow from the previous crops to the crops, where it is missing.

Example: python tools/data/extract_flow.py data/fs/crops --method dis

Writes <crop_dir>/<video>/<frame>.flow.png; every crop needs its .prev.png. The RAFT weights are
downloaded by torchvision, or given as a file.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import (
    available_cpus,
    build_flow,
    exit_with_failures,
    extract_flow,
    map_videos,
)


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('crop_dir', type=Path, help='folder of crop directories')
    parser.add_argument('--videos', nargs='+', help='names of crop directories; all by default')
    parser.add_argument(
        '--method',
        default='auto',
        choices=['auto', 'dis', 'raft'],
        help='auto: raft with a GPU and torchvision, else dis',
    )
    parser.add_argument('--raft-size', default='large', choices=['large', 'small'])
    parser.add_argument('--raft-weights', help="RAFT's weights: a file or torchvision's name")
    parser.add_argument('--clip', type=float, default=20, help='largest movement kept, in pixels')
    parser.add_argument(
        '--subtract-median', action='store_true', help="take off each crop's median flow"
    )
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    args = parser.parse_args()
    if args.workers < 1 or args.clip <= 0:
        parser.error('--workers and --clip must be positive')
    return args


def extract_one(name: str, args: Namespace) -> None:
    """Compute the missing flow of one video's crops."""
    flow = build_flow(args.method, args.raft_size, args.raft_weights)
    extract_flow(args.crop_dir / name, flow, args.clip, args.subtract_median)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos = args.videos or sorted(
            path.name
            for path in args.crop_dir.iterdir()
            if path.is_dir() and not path.name.startswith('.')
        )
        if not videos:
            raise FileNotFoundError(f'{args.crop_dir}: there is no crop directory in this folder.')
    exit_with_failures(map_videos(partial(extract_one, args=args), videos, args.workers, 'flow'))


if __name__ == '__main__':
    main()
