"""Turn tables of labels into actions.json.

Examples:
    python tools/convert/actions_from_csv.py labels.csv data/judo/actions.json \\
        --videos data/judo/videos
    python tools/convert/actions_from_csv.py serves.csv returns.csv data/tennis/actions.json \\
        --metadata videos.json --radius 0.5

A table has a header line with the columns video, label, and one of
  - start,end              seconds or h:mm:ss; what is shown at the end is not part of the action
  - start_frame,end_frame  frames from 0, the last one exclusive
  - time  or  frame        a moment; the action reaches --radius seconds to both sides of it
A column split puts actions into splits; all others (subject, match, …) become fields of the
actions, to group splits by. Rows that cannot be used are listed at the end.
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
from vpd_mm.formats.label_tables import read_label_table


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('tables', nargs='+', type=Path, help='.csv files')
    add_output_arguments(parser)
    add_video_arguments(parser)
    parser.add_argument('--radius', type=float, default=0.5, help='seconds around a moment')
    args = parser.parse_args()
    if not args.radius >= 0:
        parser.error('--radius must not be negative')
    return args


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        spans, problems = read_all(args.tables, read_label_table)
        names = {span.video for span in spans}
        videos, unreadable = find_videos(names, args.videos, args.metadata)
        write_conversion(args.out, spans, videos, problems | unreadable, args.radius, args.force)


if __name__ == '__main__':
    main()
