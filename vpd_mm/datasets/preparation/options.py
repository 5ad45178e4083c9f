"""Command-line options that the preparation tools share."""

from argparse import ArgumentParser, Namespace

from .jobs import available_cpus
from .optical_flow import FlowSettings, default_flow_method

FLOW_CHOICES = ['auto', 'dis', 'raft']


def add_job_options(parser: ArgumentParser) -> None:
    """Add ``--workers`` and ``--scheduler``, which :func:`map_videos` takes."""
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    parser.add_argument(
        '--scheduler',
        metavar='ADDRESS',
        help='work on this Dask cluster instead, such as tcp://host:8786; every worker must see '
        'the same folders',
    )


def add_flow_options(parser: ArgumentParser) -> None:
    """Add the options that :func:`flow_settings` reads, except for the method."""
    parser.add_argument('--raft-size', default='large', choices=['large', 'small'])
    parser.add_argument('--raft-weights', help="RAFT's weights: a file or torchvision's name")
    parser.add_argument('--clip', type=float, default=20, help='largest movement kept, in pixels')
    parser.add_argument(
        '--subtract-median', action='store_true', help="take off each crop's median flow"
    )


def flow_settings(method: str, args: Namespace) -> FlowSettings:
    """The flow that was asked for, with ``auto`` decided here."""
    method = default_flow_method() if method == 'auto' else method
    weights = args.raft_weights
    return FlowSettings(method, args.raft_size, weights, args.clip, args.subtract_median)
