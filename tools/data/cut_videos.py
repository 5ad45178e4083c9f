"""Cut parts out of long videos, exact to the frame, as a list of segments says.

Examples:
    python tools/data/cut_videos.py downloads segments.csv data/fs/videos
    python tools/data/cut_videos.py downloads finegym.json data/fx/videos --event floor
    python tools/data/cut_videos.py matches points.csv data/tennis/videos --workers 4

The list is one of
  - the published segments.csv of figure skating (columns video,order,start,end,duration), whose end
    is the last second of the routine;
  - FineGym's annotation JSON;
  - any CSV with the columns video,start,end: seconds or h:mm:ss, from the frame nearest to the
    start up to the one nearest to the end, without it.
Writes <out>/<name>.mp4 (H.264, same size and frame rate, no sound); the names are the published
ones: <video>_<order>_<first frame>_<frame after the last>, <video>_E_<start>_<end> of FineGym, and
<video>_<first frame>_<frame after the last>. What is there already is not cut again.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import add_job_options, exit_with_failures, map_videos
from vpd_mm.datasets.preparation.video_cutting import Cut, cut_video, import_av, plan_cuts
from vpd_mm.formats.segments import EVENTS, read_segments


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('video_dir', type=Path, help='folder of <video>.mp4 files')
    parser.add_argument('segments', type=Path, help='list of segments, a .csv or .json file')
    parser.add_argument('out', type=Path, help='folder for the cut videos')
    parser.add_argument(
        '--event',
        nargs='+',
        choices=[*EVENTS],
        metavar='NAME',
        help='apparatus wanted, of FineGym: ' + ', '.join(map(repr, EVENTS)) + '; all by default',
    )
    add_job_options(parser)
    args = parser.parse_args()
    if args.workers < 1:
        parser.error('--workers must be positive')
    if args.event and args.segments.suffix != '.json':
        parser.error('--event needs the annotation JSON of FineGym')
    return args


def cut_one(name: str, cuts: dict[str, Cut], out: Path) -> None:
    """Cut one video, unless it is there."""
    path = out / f'{name}.mp4'
    if not path.is_file():
        cut_video(cuts[name], path)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        import_av()
        segments, malformed = read_segments(args.segments, args.event or EVENTS)
        cuts, missing = plan_cuts(args.video_dir.absolute(), segments)
        job = partial(cut_one, cuts=cuts, out=args.out.absolute())
        failures = map_videos(job, cuts, args.workers, 'cuts', args.scheduler)
    exit_with_failures(malformed | missing | failures)


if __name__ == '__main__':
    main()
