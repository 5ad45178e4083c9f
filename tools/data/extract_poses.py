"""Extract the athletes' 2D poses from videos by MMPose, into pose directories.

Examples:
  python tools/data/extract_poses.py data/my_sport/videos data/my_sport/pose
  python tools/data/extract_poses.py VIDEOS OUT --model rtmpose-l --masks rtmdet-ins-s
  python tools/data/extract_poses.py VIDEOS OUT --boxes data/fs/pose   # no detector needed
  python tools/data/extract_poses.py VIDEOS OUT --players              # tennis: front__*, back__*

Writes <out>/<video>/ with boxes.json, coco_keypoints.json.gz, meta.json and, with --masks,
mask.json.gz. People are detected and followed through the video; the athlete is who is largest for
longest. Boxes are interpolated over short gaps, and poses predicted there too. A video whose pose
directory is complete is left alone, so an interrupted run goes on where it stopped. Without a
network, weights must be local files: --checkpoint, --detector-checkpoint, --masks-checkpoint.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from functools import partial
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.pose_extraction import PoseExtractor
from vpd_mm.apis.pose_models import (
    WHOLE_IMAGE,
    PersonDetector,
    PoseEstimator,
    WholeImage,
    default_detector,
)
from vpd_mm.datasets.preparation import exit_with_failures, find_jobs, map_videos
from vpd_mm.datasets.preparation.athletes import AthleteChoice
from vpd_mm.datasets.preparation.jobs import VIDEO_SUFFIXES
from vpd_mm.datasets.preparation.pose_directories import has_poses, read_athlete_boxes


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('video_dir', type=Path, help='folder of <video>.mp4 files')
    parser.add_argument('out', type=Path, help='folder for the pose directories')
    parser.add_argument('--videos', nargs='+', help='names of videos; all by default')
    parser.add_argument(
        '--model', default='human', help="MMPose model (name or config file); 'human' by default"
    )
    parser.add_argument('--checkpoint', help="weights of the model, instead of the name's own")
    people = parser.add_mutually_exclusive_group()
    people.add_argument(
        '--detector',
        help=f'MMDetection model (name or config file), or {WHOLE_IMAGE} where one athlete fills '
        "the frame; MMPose's own detector of people by default",
    )
    people.add_argument('--boxes', type=Path, help='folder of pose directories with boxes.json')
    parser.add_argument('--detector-checkpoint', help='weights of the detector')
    parser.add_argument('--masks', metavar='MODEL', help='MMDetection model that predicts masks')
    parser.add_argument('--masks-checkpoint', help='weights of the model for masks')
    several = parser.add_mutually_exclusive_group()
    several.add_argument(
        '--players',
        nargs='?',
        const=0.45,
        type=float,
        metavar='NET',
        help='tennis: write front__<video> and back__<video>, the players on either side of the '
        "net, which is at this fraction of the frame's height (0.45 by default)",
    )
    several.add_argument('--max-people', type=int, default=1, help='athletes in a video')
    parser.add_argument(
        '--min-score', type=float, default=0.3, help="the detector's score a person starts with"
    )
    parser.add_argument(
        '--max-gap', type=float, default=1.0, help='seconds over which missing boxes are filled in'
    )
    parser.add_argument('--device', help='for instance cuda:0 or cpu')
    parser.add_argument('--batch-size', type=int, default=8, help='frames in one step')
    args = parser.parse_args()
    if args.batch_size < 1 or args.max_people < 1 or args.max_gap < 0 or args.min_score < 0:
        parser.error('--batch-size and --max-people must be positive, --max-gap, --min-score too')
    known = args.boxes or args.detector == WHOLE_IMAGE
    if known and (args.players is not None or args.max_people > 1):
        parser.error('--players and --max-people need a detector that finds several people')
    return args


def build_extractor(args: Namespace) -> PoseExtractor:
    """Build the models that the arguments name."""
    estimator = PoseEstimator(args.model, args.checkpoint, args.device)
    if args.detector == WHOLE_IMAGE:
        detector = WholeImage()
    elif args.detector:
        detector = PersonDetector(args.detector, args.detector_checkpoint, args.device)
    elif estimator.top_down and not args.boxes:
        detector = default_detector(args.detector_checkpoint, args.device)
    else:
        detector = None
    segmenter = (
        PersonDetector(args.masks, args.masks_checkpoint, args.device) if args.masks else None
    )
    choice = AthleteChoice(args.min_score, args.max_gap, args.max_people, args.players)
    return PoseExtractor(estimator, detector, segmenter, choice, args.batch_size)


def find_videos(args: Namespace) -> tuple[dict[str, Path], dict[str, str]]:
    """Video files by the name of their pose directory, and what is missing by name."""
    if args.boxes:
        return find_jobs(args.video_dir, args.boxes, args.videos)
    files = sorted(x for x in args.video_dir.iterdir() if x.suffix.lower() in VIDEO_SUFFIXES)
    videos = {path.stem: path for path in files if not path.name.startswith('.')}
    if not videos:
        raise FileNotFoundError(f'{args.video_dir}: there is no video in this folder')
    names = args.videos or videos
    missing = {name: f'has no video in {args.video_dir}' for name in names if name not in videos}
    return {name: videos[name] for name in names if name in videos}, missing


def is_complete(name: str, args: Namespace) -> bool:
    prefixes = [''] if args.players is None else ['front__', 'back__']
    return all(has_poses(args.out / (prefix + name), bool(args.masks)) for prefix in prefixes)


def extract_one(name: str, videos: dict[str, Path], extractor: PoseExtractor, args: Namespace):
    boxes = read_athlete_boxes(args.boxes / name) if args.boxes else None
    for path, content in extractor(videos[name], args.out / name, boxes).items():
        if not len(content.boxes):
            print(f'warning: {path}: nobody was found in {videos[name]}', file=sys.stderr)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos, failures = find_videos(args)
        todo = [name for name in videos if not is_complete(name, args)]
        if todo:
            job = partial(extract_one, videos=videos, extractor=build_extractor(args), args=args)
            failures |= map_videos(job, todo, 1, 'poses')
    exit_with_failures(failures)


if __name__ == '__main__':
    main()
