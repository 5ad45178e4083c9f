"""Extract the athlete's 2D poses from videos by MMPose, into pose directories.

Example: python tools/data/extract_poses.py data/my_sport/videos data/my_sport/pose --model human

Videos whose pose directory is complete are left alone, so an interrupted run goes on where it
stopped. Without a network, name a config and local weights by --model and --checkpoint.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.pose_extraction import PoseExtractor
from vpd_mm.datasets.preparation import exit_with_failures, map_videos


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('videos', type=Path, help='folder of <video>.mp4 files')
    parser.add_argument('out', type=Path, help='folder for the pose directories')
    parser.add_argument('--model', default='human', help='MMPose model name or config file')
    parser.add_argument('--checkpoint', help="weights of the model, instead of the name's own")
    parser.add_argument(
        '--detector', help='MMDetection model name or config file, or whole_image for no detector'
    )
    parser.add_argument('--detector-checkpoint', help='weights of the detector')
    parser.add_argument('--device', help='for instance cuda:0 or cpu')
    parser.add_argument('--batch-size', type=int, default=8, help='frames in one step')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        videos = {path.stem: path for path in sorted(args.videos.glob('*.mp4'))}
        if not videos:
            raise FileNotFoundError(f'{args.videos}: there is no .mp4 file in this folder.')
        missing = [name for name in videos if not (args.out / name / 'meta.json').is_file()]
        if not missing:
            return
        extractor = PoseExtractor(
            args.model,
            args.checkpoint,
            args.detector,
            args.detector_checkpoint,
            args.device,
            args.batch_size,
        )
    exit_with_failures(
        map_videos(lambda name: extractor(videos[name], args.out / name), missing, 1, 'poses')
    )


if __name__ == '__main__':
    main()
