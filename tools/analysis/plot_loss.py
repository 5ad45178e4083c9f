"""Draw the training and validation losses of one or more runs.

Example: python tools/analysis/plot_loss.py work_dirs/vipe work_dirs/vpd --out loss.png
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.visualization.loss_curves import plot_loss_curves


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('work_dirs', nargs='+', type=Path, help='work dirs of the runs')
    parser.add_argument('--out', type=Path, required=True, help='picture to write')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        plot_loss_curves({path.name: path for path in args.work_dirs}, args.out)


if __name__ == '__main__':
    main()
