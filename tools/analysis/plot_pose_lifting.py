"""Draw true 3D poses beside those that a teacher lifts from 2D, from the front and the side.

Example:
  python tools/analysis/plot_pose_lifting.py configs/vipe/vipe_mocap.py work_dirs/vipe/best.pth \\
      --out lifting.png

Each set of the config that the lifting head knows gets a band of the picture: poses of its
validation split, or of its training split where no one validates. The lifted pose has the
decoder's bone directions and the true bone lengths.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from mmengine.config import Config, DictAction

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.pose_lifting import lift_poses, lifted_sets, load_teacher
from vpd_mm.visualization.pose_lifting import plot_lifted_poses


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('config', type=Path, help='config file of a teacher')
    parser.add_argument('checkpoint', type=Path, help='its checkpoint file')
    parser.add_argument('--poses', type=int, default=4, help='poses of each set')
    parser.add_argument('--out', type=Path, required=True, help='picture to write')
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='override settings of the config'
    )
    args = parser.parse_args()
    if args.poses < 1:
        parser.error('--poses must be at least 1')
    return args


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        if not args.config.is_file():
            raise FileNotFoundError(f'{args.config}: there is no such config file.')
        cfg = Config.fromfile(args.config)
        cfg.merge_from_dict(args.cfg_options or {})
        model = load_teacher(cfg, args.checkpoint)
        sets = lifted_sets(cfg, model)
        plot_lifted_poses([lift_poses(model, part, args.poses) for part in sets], args.out)


if __name__ == '__main__':
    main()
