"""Turn the event lists of spotting data sets into actions.json.

Example:
    python tools/convert/actions_from_spotting.py spot/data/tennis/{train,val,test}.json \\
        data/spot_tennis/actions.json --radius 0.5

A file lists the videos of a split: [{"video": name, "fps": …, "num_frames": …, "events":
[{"frame": …, "label": …}, …]}, …]. An action reaches --radius seconds to both sides of its event.
Files called train.json, val.json and test.json become these splits. What cannot be used is listed
at the end.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.action_conversion import add_output_arguments, read_all, write_conversion
from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.formats import FormatError, VideoMeta
from vpd_mm.formats.spans import Span
from vpd_mm.formats.spotting import read_spotting


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('lists', nargs='+', type=Path, help='.json files')
    add_output_arguments(parser)
    parser.add_argument('--radius', type=float, default=0.5, help='seconds around an event')
    parser.add_argument('--fps', type=float, help='frame rate where the list says -1')
    args = parser.parse_args()
    if args.fps is not None and not args.fps > 0:
        parser.error('--fps must be positive')
    if not args.radius >= 0:
        parser.error('--radius must not be negative')
    return args


def main() -> None:
    args = parse_args()
    videos: dict[str, VideoMeta] = {}

    def read(path: Path) -> tuple[list[Span], dict[str, str]]:
        spans, found = read_spotting(path, args.fps)
        twice = videos.keys() & found.keys()
        if twice:
            raise FormatError(path, f'lists video {min(twice)}, which another file lists too')
        videos.update(found)
        return spans, {}

    with user_errors_as_sentences():
        spans, problems = read_all(args.lists, read)
        write_conversion(args.out, spans, videos, problems, args.radius, args.force)


if __name__ == '__main__':
    main()
