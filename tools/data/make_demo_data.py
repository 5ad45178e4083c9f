"""Make the demo data set: a procedural figure-skating sport in the published layout of fs.

Example: python tools/data/make_demo_data.py data/fs

Writes videos, detected poses, boxes and masks, labels and splits, and under pose3d/people3d
multi-view 3D poses for the teacher. The data depends on the seed and the sizes alone, whatever
the number of workers. Run again, it writes what is missing.
"""

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.synthetic import DemoSpec, make_demo_data


def frame_size(text: str) -> tuple[int, int]:
    width, times, height = text.partition('x')
    if not (times and width.isdigit() and height.isdigit()):
        raise ArgumentTypeError(f'{text!r} is not WIDTHxHEIGHT, for instance 480x270')
    return int(width), int(height)


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('out', type=Path, help='folder of the data set')
    parser.add_argument('--videos', type=int, default=24, help='number of videos')
    parser.add_argument('--seconds', type=float, default=28, help='length of a video')
    parser.add_argument('--size', type=frame_size, default=(480, 270), help='WIDTHxHEIGHT')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, default=2, help='processes')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        spec = DemoSpec(args.videos, args.seed, args.size, args.seconds)
        make_demo_data(args.out, spec, args.workers)


if __name__ == '__main__':
    main()
