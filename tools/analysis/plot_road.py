"""Draw the way of one action from video over pose, crop and flow to its embeddings.

Example: python tools/analysis/plot_road.py data/fs data/fs/embeddings/vipe --out road.png
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.sports import open_sport
from vpd_mm.visualization.road import plot_road


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('embeddings', nargs='+', type=Path, help='folders of embeddings')
    parser.add_argument('--action', help='id of the action to draw; the first of the test split')
    parser.add_argument('--out', type=Path, required=True, help='picture to write')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        sport = open_sport(args.data_root)
        action = sport.labels.get(args.action) if args.action else next(iter(sport.actions('test')))
        if action is None:
            raise FileNotFoundError(f'{args.data_root}: no action has the id {args.action}.')
        plot_road(sport, action, args.embeddings, args.out)


if __name__ == '__main__':
    main()
