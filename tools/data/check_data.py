"""Report the state of a sport's data: what is there of each video, and what does not agree.

Example: python tools/data/check_data.py data/fs --json fs.json

Prints a row a video with the number of frames of its poses, boxes, masks, crops, flow and
embeddings (- where there are none), then everything that cannot be read or does not agree. The
status is 1 where there is such a problem. data/README.md says where the parts come from.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import available_cpus, process_pool
from vpd_mm.datasets.preparation.data_report import DataFolder, VideoReport, report_video
from vpd_mm.formats import write_json


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('--json', type=Path, help='file for the report in JSON')
    parser.add_argument(
        '--deep', action='store_true', help='also decode every frame of the videos and every crop'
    )
    parser.add_argument(
        '--workers', type=int, default=available_cpus(), help='videos at a time, a process each'
    )
    args = parser.parse_args()
    if args.workers < 1:
        parser.error('--workers must be positive')
    return args


def table(reports: list[VideoReport], parts: list[str]) -> str:
    """Rows of text, a video each."""
    rows = [['video', 'fps', *(part.removeprefix('embeddings/') for part in parts), 'problems']]
    for report in reports:
        counts = [str(report.frames.get(part, '-')) for part in parts]
        fps = '-' if report.fps is None else f'{report.fps:g}'
        rows.append([report.video, fps, *counts, str(len(report.problems) or '')])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return '\n'.join(
        '  '.join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    )


def summary(reports: list[VideoReport], parts: list[str]) -> str:
    """How many videos have each part."""
    having = {part: sum(part in report.frames for report in reports) for part in parts}
    return f'{len(reports)} videos; ' + ', '.join(f'{part} {n}' for part, n in having.items())


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        data = DataFolder(args.root)
        if not data.videos:
            raise FileNotFoundError(f'{args.root}: there are no videos and nothing made from any')
    videos = data.videos
    with process_pool(min(args.workers, len(videos))) as pool:
        found = pool.map(partial(report_video, data=data, deep=args.deep), videos)
        reports = list(track(found, total=len(videos), console=Console(stderr=True)))
    print(table(reports, data.parts))
    print(summary(reports, data.parts))
    if args.json:
        write_json(args.json, {report.video: vars(report) for report in reports}, indent=True)
    problems = [f'{r.video}: {problem}' for r in reports for problem in r.problems]
    if problems:
        sys.exit('\n'.join([*(f'error: {line}' for line in problems), f'{len(problems)} problems']))


if __name__ == '__main__':
    main()
