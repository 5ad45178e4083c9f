"""Embed every frame of a sport's videos: one <video>.emb.pkl each.

Examples:
  python tools/embed.py configs/vipe/vipe_people3d.py work_dirs/vipe/best.pth \\
      --out data/fs/embeddings/vipe
  python tools/embed.py configs/vpd/vpd_r18_motion_fs.py work_dirs/vpd/best.pth \\
      --out data/fs/embeddings/vpd_r18_motion
  python tools/embed.py configs/vpd/vpd_r18_motion_fs.py work_dirs/vpd/best.pth \\
      --videos data/fs/videos --boxes data/fs/pose --out data/fs/embeddings/vpd_r18_motion
  python tools/embed.py configs/vipe/pose2d.py --out data/fs/embeddings/pose2d

A teacher's config reads pose directories or flat <video>.json.gz files, a student's config crops;
--input names another folder than the config does. With --videos a student needs no crops: they are
cut, their flow is computed, and they are embedded while a video is decoded, a worker each; the
options must be those that tools/data/extract_crops.py had for the student's training.

Videos that OUT already holds are left alone. Videos that cannot be read are listed when the others
are written.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import Config
from mmengine.runner import Runner

from vpd_mm.apis.command_line import add_runner_arguments, read_config, user_errors_as_sentences
from vpd_mm.apis.embedding import embed_by_onnx, embed_from_videos
from vpd_mm.datasets.preparation import FLOW_CHOICES, CropSettings, add_flow_options, flow_settings
from vpd_mm.formats import EMBEDDING_SUFFIX


def parse_args() -> tuple[Namespace, ArgumentParser]:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of a teacher or a student')
    parser.add_argument('checkpoint', nargs='?', help='checkpoint file; none for raw 2D poses')
    parser.add_argument('--out', type=Path, required=True, help='folder for the embeddings')
    parser.add_argument('--input', help='folder of the pose directories or of the crops')
    parser.add_argument('--no-flip', action='store_true', help='do not embed mirrored views too')
    parser.add_argument('--amp', action='store_true', help='embed with mixed precision')
    add_teacher_options(parser.add_argument_group('teachers'))
    add_student_options(parser.add_argument_group('students'))
    add_video_options(parser.add_argument_group('students, straight from videos'))
    add_runner_arguments(parser)
    args = parser.parse_args()
    if (args.videos is None) != (args.boxes is None):
        parser.error('--videos and --boxes need each other')
    if args.videos and args.input:
        parser.error('--input names crops, which --videos does without')
    if args.onnx and args.checkpoint:
        parser.error('--onnx takes the place of CHECKPOINT')
    if args.jitter < 0 or args.dim <= 0 or args.clip <= 0 or (args.target_fps or 1) <= 0:
        parser.error('--dim, --clip and --target-fps must be positive, and --jitter not negative')
    return args, parser


def add_teacher_options(parser) -> None:
    parser.add_argument(
        '--many', action='store_true', help='a row for every person of a frame, not their mean'
    )
    parser.add_argument('--min-score', type=float, help='leave out detections that score less')
    parser.add_argument('--invert', action='store_true', help='turn upside-down athletes over')


def add_student_options(parser) -> None:
    parser.add_argument('--onnx', help='network by tools/convert/export_onnx.py')
    parser.add_argument(
        '--jitter', type=int, default=0, metavar='N', help='embed N views in other colours too'
    )


def add_video_options(parser) -> None:
    parser.add_argument('--videos', type=Path, help='folder of videos')
    parser.add_argument('--boxes', type=Path, help='folder of pose directories with boxes.json')
    parser.add_argument('--flow', default='auto', choices=FLOW_CHOICES, help='how to compute flow')
    parser.add_argument('--dim', type=int, default=128, help='side of the crops in pixels')
    parser.add_argument(
        '--target-fps', type=float, help='frame rate of the step to compute flow of'
    )
    parser.add_argument(
        '--no-smooth', action='store_true', help='do not unite a box with that of the frame before'
    )
    add_flow_options(parser)


def merge_args(cfg: Config, args: Namespace, parser: ArgumentParser) -> Config:
    if args.checkpoint is not None and not Path(args.checkpoint).is_file():
        raise FileNotFoundError(f'{args.checkpoint}: there is no such checkpoint; train it first.')
    teacher = 'pose_dir' in cfg.test_dataloader.dataset
    if teacher and (args.onnx or args.jitter or args.videos):
        parser.error('--onnx, --jitter and --videos are for students, which embed crops')
    if not teacher and (args.many or args.min_score is not None or args.invert):
        parser.error('--many, --min-score and --invert are for teachers, which embed 2D poses')
    if teacher:
        cfg.test_dataloader.dataset.update(pose_options(args))
    else:
        merge_student_args(cfg, args)
    done = [
        path.name.removesuffix(EMBEDDING_SUFFIX) for path in args.out.glob(f'*{EMBEDDING_SUFFIX}')
    ]
    cfg.test_dataloader.dataset.exclude_videos = sorted(done)
    if args.amp:
        cfg.test_cfg.fp16 = True
    cfg.load_from = args.checkpoint
    cfg.test_evaluator = dict(type='EmbeddingWriter', out_dir=str(args.out))
    return cfg


def pose_options(args: Namespace) -> dict:
    options = dict(
        pose_dir=args.input,
        mirror=False if args.no_flip else None,
        per_frame='all' if args.many else None,
        min_score=args.min_score,
        invert=args.invert or None,
    )
    return {name: value for name, value in options.items() if value is not None}


def merge_student_args(cfg: Config, args: Namespace) -> None:
    cfg.model.update(mirror=not args.no_flip, jitter=args.jitter)
    if args.onnx:
        embed_by_onnx(cfg, args.onnx)
    if args.videos:
        crops = CropSettings(args.dim, args.target_fps, not args.no_smooth)
        embed_from_videos(cfg, args.videos, args.boxes, crops, flow_settings(args.flow, args))
    elif args.input:
        cfg.test_dataloader.dataset.crop_dir = args.input


def main() -> None:
    args, parser = parse_args()
    with user_errors_as_sentences():
        cfg = merge_args(read_config(args), args, parser)
        runner = Runner.from_cfg(cfg)
        if len(runner.test_dataloader.dataset) > 0:
            runner.test()
        elif cfg.test_dataloader.dataset.exclude_videos:
            print(f'{args.out}: every video is embedded already.')
        else:
            raise FileNotFoundError('There is no video to embed; see --input.')


if __name__ == '__main__':
    main()
