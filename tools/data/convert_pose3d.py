"""Convert motion capture to the 3D poses that train the teacher.

Examples:
  python tools/data/convert_pose3d.py kinect20 utd_mhad.npz --out data/pose3d/utd_mhad
  python tools/data/convert_pose3d.py bandai27 bandai.npz --out data/pose3d/bandai
  python tools/data/convert_pose3d.py people3d mine.npz --person '^(\\w+?)_' --out data/pose3d/mine

SRC is an .npz with xyz (frames, joints, 3), lengths and names of the sequences, the names of the
joints, and the axis up. OUT gets ground_truth_3d_pose.pkl: {(person, action): [(root, angle,
offsets), ...]}. Who trains and who validates is chosen by val_people in the config.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation.mocap import convert_mocap
from vpd_mm.formats import write_poses3d
from vpd_mm.skeletons import SKELETONS

PERSON = {'kinect20': r'(?:^|_)(s\d+)(?:_|$)', 'bandai27': r'_([^_]+)_\d+$'}


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    sets = sorted(name for name in SKELETONS if name != 'coco17')
    parser.add_argument('skeleton', metavar='SET', choices=sets, help=f'one of {", ".join(sets)}')
    parser.add_argument('source', metavar='SRC', type=Path, help='.npz of the motion capture')
    parser.add_argument('--out', type=Path, required=True, help='folder of the set')
    parser.add_argument(
        '--person',
        help='regular expression whose first group is the person in the name of a sequence; by '
        'default what fits SET, otherwise the name up to the first underscore',
    )
    parser.add_argument('--exclude', help='regular expression for sequences to leave out')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    person = args.person or PERSON.get(args.skeleton, '^([^_]+)')
    with user_errors_as_sentences():
        sequences = convert_mocap(args.source, SKELETONS[args.skeleton], person, args.exclude)
        write_poses3d(args.out, sequences)
    people = sorted({key[0] for key in sequences})
    frames = sum(len(sequence) for sequence in sequences.values())
    print(f'{args.out}: {len(sequences)} sequences, {frames} frames; people {", ".join(people)}')


if __name__ == '__main__':
    main()
