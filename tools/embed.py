"""Embed every frame of a sport's videos: one <video>.emb.pkl each.

Examples:
  python tools/embed.py configs/vipe/vipe_people3d.py work_dirs/vipe/best.pth \\
      --out data/fs/embeddings/vipe
  python tools/embed.py configs/vpd/vpd_r18_motion_fs.py work_dirs/vpd/best.pth \\
      --out data/fs/embeddings/vpd_r18_motion
  python tools/embed.py configs/vipe/pose2d.py --out data/fs/embeddings/pose2d

A teacher's config reads pose directories or flat <video>.json.gz files, a student's config crops;
--input names another folder than the config does. Videos that OUT already holds are left alone.
Videos that cannot be read are listed when the others are written.
"""

import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import Config
from mmengine.runner import Runner

from vpd_mm.apis.command_line import add_runner_arguments, read_config, user_errors_as_sentences

SUFFIX = '.emb.pkl'


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of a teacher or a student')
    parser.add_argument('checkpoint', nargs='?', help='checkpoint file; none for raw 2D poses')
    parser.add_argument('--out', type=Path, required=True, help='folder for the embeddings')
    parser.add_argument('--input', help='folder of the pose directories or of the crops')
    parser.add_argument('--no-flip', action='store_true', help='do not embed mirrored views too')
    parser.add_argument('--amp', action='store_true', help='embed with mixed precision')
    poses = parser.add_argument_group('teachers')
    poses.add_argument(
        '--many', action='store_true', help='a row for every person of a frame, not their mean'
    )
    poses.add_argument('--min-score', type=float, help='leave out detections that score less')
    poses.add_argument('--invert', action='store_true', help='turn upside-down athletes over')
    add_runner_arguments(parser)
    return parser.parse_args()


def merge_args(cfg: Config, args: Namespace) -> Config:
    if args.checkpoint is not None and not Path(args.checkpoint).is_file():
        raise FileNotFoundError(f'{args.checkpoint}: there is no such checkpoint; train it first.')
    dataset = cfg.test_dataloader.dataset
    done = [path.name.removesuffix(SUFFIX) for path in args.out.glob(f'*{SUFFIX}')]
    dataset.exclude_videos = sorted(done)
    if 'pose_dir' in dataset:
        dataset.update(pose_options(args))
    elif pose_options(args).keys() - {'pose_dir', 'mirror'}:
        sys.exit('error: --many, --min-score and --invert are for teachers, which embed 2D poses.')
    else:
        dataset.crop_dir = args.input or dataset.crop_dir
        cfg.model.mirror = not args.no_flip
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


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        cfg = merge_args(read_config(args), args)
        runner = Runner.from_cfg(cfg)
        if len(runner.test_dataloader.dataset) > 0:
            runner.test()
        elif cfg.test_dataloader.dataset.exclude_videos:
            print(f'{args.out}: every video is embedded already.')
        else:
            raise FileNotFoundError('There is no video to embed; see --input.')


if __name__ == '__main__':
    main()
