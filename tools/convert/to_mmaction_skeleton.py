"""Write 2D poses, actions and splits as MMAction2's skeleton annotations, to train its models.

Example:
    python tools/convert/to_mmaction_skeleton.py data/fs fs.pkl --splits train val test train_4_0

The file is for MMAction2's PoseDataset; configs/recognition/stgcnpp_custom.py trains on it.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.skeleton_export import export_skeletons
from vpd_mm.datasets.sports import open_sport


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, with pose/')
    parser.add_argument('out', type=Path, help='.pkl file to write')
    parser.add_argument('--splits', nargs='+', default=['train', 'val', 'test'])
    args = parser.parse_args()
    if args.out.suffix != '.pkl':
        parser.error('OUT must end in .pkl, as PoseDataset wants it')
    return args


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        counts, left_out = export_skeletons(open_sport(args.data_root), args.splits, args.out)
        print(', '.join(f'{split}: {count} actions' for split, count in counts.items()))
        if left_out:
            print(f'{len(left_out)} actions without poses are left out, such as {left_out[0]}.')


if __name__ == '__main__':
    main()
