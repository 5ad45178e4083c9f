"""Convert recordings of 3D poses to what trains the teacher.

Examples:
  python tools/data/convert_pose3d.py human36m raw/human36m --out data/pose3d/human36m
  python tools/data/convert_pose3d.py kinect20 utd_mhad.npz --out data/pose3d/utd_mhad
  python tools/data/convert_pose3d.py bandai27 bandai/ --out data/pose3d/bandai
  python tools/data/convert_pose3d.py mine.json mine/ --person '^(\\w+)/' --out data/pose3d/mine

SET is one of %s,
or a .json file with another joint set: its joints and their parents, sides and map to COCO-17
(vpd_mm/skeletons/skeleton_file.py shows one).

SRC is one of:
  - the folder in which one of the published sets is given out:
%s
  - .bvh whose joints have the names of SET's;
  - .npz with xyz (frames, joints, 3) and the names joints, and where they apply the lengths and
    names of the sequences, and the axis up;
  - a folder with .bvh and .npz files; a sequence without a name is called after its path.

OUT gets ground_truth_3d_pose.pkl: {(person, action): [(root, angle, offsets), ...]}. 2D detections
are not converted: put those published for a set into OUT/cocopose/, or train on projections alone.
Who trains and who validates is chosen by val_people in the config.
"""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation import exit_with_failures
from vpd_mm.datasets.preparation.pose3d import PERSON, Pose3DConverter
from vpd_mm.datasets.preparation.pose3d_sets import POSE3D_SETS
from vpd_mm.formats import write_poses3d
from vpd_mm.skeletons import SKELETONS

PERSON_IN_SET = {'kinect20': r'(?:^|[_/])(s\d+)(?:[_/]|$)', 'bandai27': r'_([^_]+)_\d+$'}


def pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ArgumentTypeError(f'{text!r} is no regular expression: {error}') from error
    return text


def parse_args() -> Namespace:
    sets = ', '.join(sorted(name for name in SKELETONS if name != 'coco17'))
    layouts = '\n'.join(f'      {name:9} {s.layout}' for name, s in POSE3D_SETS.items())
    parser = ArgumentParser(
        description=__doc__ % (sets, layouts), formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument('skeleton', metavar='SET', help='name of a joint set, or a .json file')
    parser.add_argument('source', metavar='SRC', type=Path, help='file or folder to convert')
    parser.add_argument('--out', type=Path, required=True, help='folder of the set')
    parser.add_argument(
        '--person',
        type=pattern,
        help='regular expression whose first group is the person in the name of a sequence of '
        'motion capture; by default what fits SET, otherwise the name up to the first _ or /',
    )
    parser.add_argument(
        '--exclude', type=pattern, help='regular expression for such names to leave out'
    )
    parser.add_argument(
        '--up',
        choices=['x', 'y', 'z'],
        default='y',
        help='axis that points up in files that do not say, such as .bvh; default %(default)s',
    )
    args = parser.parse_args()
    if args.skeleton == 'coco17':
        parser.error('coco17 is a set of 2D joints; give one of 3D joints')
    return args


def main() -> None:
    args = parse_args()
    person = args.person or PERSON_IN_SET.get(args.skeleton, PERSON)
    with user_errors_as_sentences():
        skeleton = SKELETONS[args.skeleton]
        converter = Pose3DConverter(skeleton, person, args.exclude, args.up)
        converter.convert(args.source)
        sequences = converter.sequences
        if sequences:
            write_poses3d(args.out, sequences)
    people = sorted({key[0] for key in sequences})
    frames = sum(len(sequence) for sequence in sequences.values())
    if sequences:
        print(
            f'{args.out}: {len(sequences)} sequences, {frames} frames; people {", ".join(people)}'
        )
    exit_with_failures(converter.problems)


if __name__ == '__main__':
    main()
