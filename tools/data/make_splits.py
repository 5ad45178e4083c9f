"""Split your own labels: training, validation and test by groups, and few-shot splits.

Examples:
    python tools/data/make_splits.py data/judo/actions.json
    python tools/data/make_splits.py data/judo/actions.json --group-by subject --shots 4 8 16
    python tools/data/make_splits.py data/judo/actions.json --group-by subject --test-groups anna \\
        --shares 0.8 0.2 0 --force
    python tools/data/make_splits.py data/judo/actions.json --few-shot-only --shots 4 --trials 10

All actions of a group (a video, or whatever field of the actions is named: subject, match, …) go
into one split, so that nobody is both trained on and tested. The same labels, options and seed
give the same splits on every machine. Few-shot splits are named train_<k>_<trial>.

Writes the splits into the file and keeps whatever else it holds. Splits that are there are not
replaced, unless --force is given: then all of train, val, test and train_<k>_<trial> are.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections import Counter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.preparation.split_files import ANY, FEW_SHOT, WHOLE, replace_splits
from vpd_mm.datasets.preparation.splits import describe_lacks, few_shot_splits, group_splits
from vpd_mm.formats import Actions, read_actions


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('actions', type=Path, help='actions.json')
    parser.add_argument('--group-by', default='video', help='video, or a field of the actions')
    parser.add_argument(
        '--shares',
        nargs=3,
        type=float,
        default=[0.7, 0.15, 0.15],
        metavar=('TRAIN', 'VAL', 'TEST'),
        help='shares of the three splits; 0 leaves one out',
    )
    parser.add_argument('--val-groups', nargs='+', default=[], help='the groups that validate')
    parser.add_argument('--test-groups', nargs='+', default=[], help='the groups to test on')
    parser.add_argument('--shots', nargs='+', type=int, default=[], help='examples of a class')
    parser.add_argument('--trials', type=int, default=10, help='few-shot splits of each number')
    parser.add_argument('--few-shot-only', action='store_true', help='keep train, val and test')
    parser.add_argument('--seed', type=int, default=0, help='another seed gives other splits')
    parser.add_argument('--force', action='store_true', help='replace the splits that are there')
    args = parser.parse_args()
    if any(share < 0 for share in args.shares) or not sum(args.shares) > 0:
        parser.error('--shares must not be negative, and not all be 0')
    if min([args.trials, *args.shots]) < 1:
        parser.error('--shots and --trials must be positive')
    if args.few_shot_only and not args.shots:
        parser.error('--few-shot-only needs --shots')
    return args


def make_splits(content: Actions, args: Namespace) -> dict[str, list[str]]:
    """The splits that the options ask for."""
    splits = {}
    if not args.few_shot_only:
        shares = dict(zip(WHOLE, args.shares, strict=True))
        fixed = dict(val=args.val_groups, test=args.test_groups)
        splits = group_splits(content.actions, args.group_by, shares, fixed, args.seed)
    train = set(splits.get('train', content.splits.get('train', ())))
    if args.shots:
        training = [action for action in content.actions if action.id in train]
        splits |= few_shot_splits(training, args.shots, args.trials, args.seed)
    return splits


def describe(content: Actions, splits: dict[str, list[str]]) -> str:
    """A table of the whole splits, class by class."""
    label = {action.id: action.label for action in content.actions}
    names = [name for name in WHOLE if name in splits]
    counts = {name: Counter(label[one] for one in splits[name]) for name in names}
    width = max(map(len, [*content.classes, 'class']))
    rows = [[name, *(counts[s][name] for s in names)] for name in content.classes]
    rows.append(['all', *(len(splits[s]) for s in names)])
    lines = [['class', *names], *rows]
    return '\n'.join(
        f'{first:{width}}' + ''.join(f'{cell:>8}' for cell in rest) for first, *rest in lines
    )


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        content = read_actions(args.actions)
        names = FEW_SHOT if args.few_shot_only else ANY
        splits = make_splits(content, args)
        everything = replace_splits(args.actions, splits, names, args.force)
    print(describe(content, everything))
    few = sum(FEW_SHOT.fullmatch(name) is not None for name in splits)
    print(f'{args.actions}: wrote {len(splits)} splits, {few} of them few-shot.')
    for note in describe_lacks(content.actions, everything, args.shots):
        print(f'note: {note}')


if __name__ == '__main__':
    main()
