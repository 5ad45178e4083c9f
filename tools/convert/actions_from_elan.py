"""Turn annotations made with ELAN into actions.json.

Example:
    python tools/convert/actions_from_elan.py annotations/*.eaf data/judo/actions.json \\
        --videos data/judo/videos --tiers throws

The values of the annotations are the classes. The video of a file is the one that it links, or
has the file's name. Actions keep their tier and its participant as fields, to group splits by.
Files and annotations that cannot be used are listed at the end; the others are written.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.action_conversion import (
    add_output_arguments,
    add_video_arguments,
    find_videos,
    read_all,
    write_conversion,
)
from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.formats.elan import read_elan


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('annotations', nargs='+', type=Path, help='.eaf files')
    add_output_arguments(parser)
    add_video_arguments(parser)
    parser.add_argument('--tiers', nargs='+', default=[], help='tiers to take (default: all)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        spans, problems = read_all(args.annotations, lambda path: (read_elan(path, args.tiers), {}))
        names = {span.video for span in spans}
        videos, unreadable = find_videos(names, args.videos, args.metadata)
        write_conversion(args.out, spans, videos, problems | unreadable, 0.0, args.force)


if __name__ == '__main__':
    main()
