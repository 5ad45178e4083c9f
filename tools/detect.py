"""Detect actions in videos: when, which, and how surely.

Examples:
    python tools/detect.py configs/detection/bigru_fs.py work_dirs/bigru_fs/vpd/full_0 \\
        data/fs/videos/routine.mp4 --out detections --clips detections/clips --overlay
    python tools/detect.py configs/detection/bigru_custom.py best.pth \\
        data/judo/embeddings/vpd/*.emb.pkl --fps 25 --out detections

CHECKPOINT is a file, or the folder of a trial of tools/detect_few_shot.py, whose folds are
averaged. An input is a file of embeddings, <video>.emb.pkl, or a video, whose embeddings
(tools/embed.py) lie in the folder --embeddings under its name. Writes into OUT detections.json and
detections.csv (start and end in frames and seconds, class, score), and for each video subtitles
<video>.vtt that players show, annotations <video>.eaf to correct in ELAN, and a picture <video>.png
of its scores over time; with --overlay also <video>.mp4 with the curve of the scores, with --clips
every detection as a video of its own.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import Config
from mmengine.registry import DefaultScope

from vpd_mm.apis.command_line import read_config, user_errors_as_sentences
from vpd_mm.apis.detection import ActionDetector, VideoDetections
from vpd_mm.apis.detection_files import write_detections
from vpd_mm.datasets.preparation import exit_with_failures, map_videos
from vpd_mm.datasets.preparation.video_cutting import Cut, cut_video
from vpd_mm.formats import EMBEDDING_SUFFIX, FormatError, atomic_path, probe_video, write_video
from vpd_mm.registry import SPORTS
from vpd_mm.visualization.detection import draw_timeline
from vpd_mm.visualization.detection_overlay import overlay_scores


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of the detector')
    parser.add_argument('checkpoint', help='its checkpoint, or a folder of fold_*.pth')
    parser.add_argument('inputs', nargs='+', type=Path, help='videos or .emb.pkl files')
    parser.add_argument('--out', type=Path, required=True, help='folder for the results')
    parser.add_argument('--embeddings', type=Path, help="folder of the videos' embeddings")
    parser.add_argument('--fps', type=float, help='frame rate, where no video and no sport tells')
    parser.add_argument('--min-score', type=float, default=0.3, help='least score of a detection')
    parser.add_argument('--overlay', action='store_true', help='draw the scores upon the videos')
    parser.add_argument('--clips', type=Path, help='folder to cut the detections into')
    parser.add_argument('--device', default='cpu', help='such as cuda')
    parser.set_defaults(launcher='none', local_rank=0, cfg_options=None, work_dir=None)
    args = parser.parse_args()
    if args.fps is not None and args.fps <= 0:
        parser.error('--fps must be positive')
    names = [
        path.name.removesuffix(EMBEDDING_SUFFIX) if is_embedding(path) else path.stem
        for path in args.inputs
    ]
    if len(set(names)) < len(names):
        parser.error('two inputs have the same name; run them into different folders')
    if (args.clips or args.overlay) and any(map(is_embedding, args.inputs)):
        parser.error('--clips and --overlay need videos as inputs, not embeddings')
    args.videos = dict(zip(names, args.inputs, strict=True))
    return args


def is_embedding(path: Path) -> bool:
    return path.name.endswith(EMBEDDING_SUFFIX)


def frame_rate(name: str, path: Path, args: Namespace, cfg: Config) -> float:
    """The rate that is stated, that of the video, or the one that the sport knows."""
    if args.fps is not None:
        return args.fps
    if not is_embedding(path):
        fps = probe_video(path).fps
    else:
        try:
            with DefaultScope.overwrite_default_scope('vpd_mm'):
                fps = SPORTS.build(cfg.test_dataloader.dataset.sport).video_meta(name).fps
        except (OSError, ValueError) as error:
            raise ValueError(f'{path}: its frame rate is unknown ({error}); give --fps') from error
    if not fps > 0:
        raise FormatError(path, 'states no frame rate; give --fps')
    return fps


def detect(name: str, args: Namespace, cfg: Config, detector: ActionDetector, found: list) -> None:
    """Detect the actions of one video and draw them."""
    path = args.videos[name]
    fps = frame_rate(name, path, args, cfg)
    folder = args.embeddings or Path(cfg.test_dataloader.dataset.embedding_dir)
    source = path if is_embedding(path) else folder / f'{name}{EMBEDDING_SUFFIX}'
    result = detector(source, fps, args.min_score)
    result.path = None if is_embedding(path) else path
    found.append(result)
    drawn = (fps, result.classes, result.scores, result.rows)
    with atomic_path(args.out / f'{name}.png') as picture:
        draw_timeline(name, *drawn).savefig(picture, dpi=100)
    if args.overlay:
        write_video(args.out / f'{name}.mp4', overlay_scores(path, *drawn), fps)
    if args.clips:
        cut_clips(path, result, args.clips)


def cut_clips(path: Path, result: VideoDetections, folder: Path) -> None:
    """Cut each detection into <video>_<start>_<end>_<class>.mp4."""
    for row in result.to_list():
        name = f'{row["video"]}_{row["start"]:08d}_{row["end"]:08d}_{row["label"]}.mp4'
        cut = Cut(path.absolute(), row['start'], row['end'], result.fps)
        cut_video(cut, folder / name.replace('/', '_'))


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        cfg = read_config(args)
        detector = ActionDetector(cfg, args.checkpoint, args.device)
        found: list[VideoDetections] = []
        failures = map_videos(
            lambda name: detect(name, args, cfg, detector, found), args.videos, 1, 'videos'
        )
        rows = write_detections(found, args.out)
        print(f'{len(rows)} actions in {len(found)} videos; see {args.out}.')
    exit_with_failures(failures)


if __name__ == '__main__':
    main()
