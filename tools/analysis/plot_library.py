"""Draw all labelled actions of a sport in the plane, coloured by class.

Example: python tools/analysis/plot_library.py data/fs data/fs/embeddings/vipe --out library.png

By t-SNE of the pooled embeddings if scikit-learn is installed (pip install "vpd_mm[search]"),
otherwise by principal components.
"""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

from vpd_mm.apis import ActionRetriever
from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.sports import open_sport
from vpd_mm.formats import atomic_path
from vpd_mm.visualization.library_map import draw_library, map_to_plane


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('embeddings', type=Path, help='folder of embeddings')
    parser.add_argument('--split', default='all', help='split to take the actions from')
    parser.add_argument('--method', choices=['tsne', 'pca'], help='how; by default as above')
    parser.add_argument('--out', type=Path, required=True, help='picture to write')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        sport = open_sport(args.data_root)
        library = ActionRetriever().fit(args.embeddings, sport.actions(args.split))
        points = map_to_plane(library.pooled(), args.method)
        labels = [action.label for action in library.actions]
        title = f'{len(labels)} actions, {args.embeddings.name}'
        figure = draw_library(points, labels, list(sport.classes), title)
        with atomic_path(args.out) as temporary:
            figure.savefig(temporary, dpi=100)


if __name__ == '__main__':
    main()
