"""Compute the flow from the previous crops to the crops, where it is missing.

Example: python tools/data/extract_flow.py data/fs/crops --method dis

Writes <crop_dir>/<video>/<frame>.flow.png; every crop needs its .prev.png. The RAFT weights are
downloaded by torchvision, or given as a file. An interrupted run goes on where it stopped;
<crop_dir>/flow.json holds the options, so that a later run does not mix others in.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import (
    FLOW_CHOICES,
    FlowSettings,
    add_flow_options,
    add_job_options,
    exit_with_failures,
    extract_flow,
    flow_settings,
    keep_settings,
    map_videos,
)
from vpd_mm.formats.crop_stores import CropFolders, open_crops


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('crop_dir', type=Path, help='folder of crop directories')
    parser.add_argument('--videos', nargs='+', help='names of crop directories; all by default')
    parser.add_argument(
        '--method',
        default='auto',
        choices=FLOW_CHOICES,
        help='auto: raft with a GPU and torchvision, else dis',
    )
    add_flow_options(parser)
    add_job_options(parser)
    args = parser.parse_args()
    if args.workers < 1 or args.clip <= 0:
        parser.error('--workers and --clip must be positive')
    return args


def extract_one(name: str, crop_dir: Path, flow: FlowSettings) -> None:
    """Compute the missing flow of one video's crops."""
    extract_flow(crop_dir / name, flow.codes)


def main() -> None:
    args = parse_args()
    crop_dir = args.crop_dir.absolute()
    with user_errors_as_sentences():
        crops = open_crops(crop_dir)
        if not isinstance(crops, CropFolders):
            raise ValueError(f'{args.crop_dir}: packed crops take no flow; extract with --flow')
        videos = args.videos or crops.videos
        if not videos:
            raise FileNotFoundError(f'{args.crop_dir}: there is no crop directory in this folder.')
        flow = flow_settings(args.method, args)
        keep_settings(crop_dir / 'flow.json', flow.record())
        job = partial(extract_one, crop_dir=crop_dir, flow=flow)
        failures = map_videos(job, videos, args.workers, 'flow', args.scheduler)
    exit_with_failures(failures)


if __name__ == '__main__':
    main()
