"""Find actions that are like an example: labelled ones, or places in whole videos.

Examples:
    python tools/retrieve.py data/fs data/fs/embeddings/vipe --action ID --out found
    python tools/retrieve.py data/judo data/judo/embeddings/vpd --span final 2310 2372 --k 20 \\
        --places data/judo/unlabelled --out found

The example is a labelled action, or frames START to before END of a video. With --places all
videos that have embeddings in this folder are searched for the places most like it; otherwise the
other labelled actions are ranked. Writes into OUT found.csv and, where there are crops, sheet.png,
with the example above what was found (green: of its class, grey: of another), and alignment.png,
how the frames of the nearest go with those of the example.
"""

import csv
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.apis import ActionRetriever, Match
from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.apis.retrieval_files import Track, read_tracks
from vpd_mm.datasets.sports import Sport, open_sport
from vpd_mm.formats import Action, atomic_path, open_crops
from vpd_mm.visualization.retrieval import Strip, draw_alignment, retrieval_sheet

COLUMNS = ('rank', 'distance', 'label', 'video', 'start', 'end', 'id')


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('embeddings', type=Path, help='folder of embeddings')
    example = parser.add_mutually_exclusive_group(required=True)
    example.add_argument('--action', metavar='ID', help='id of a labelled action')
    example.add_argument('--span', nargs=3, metavar=('VIDEO', 'START', 'END'), help='frames')
    parser.add_argument('--places', type=Path, help='folder of embeddings to search for places')
    parser.add_argument('--crops', type=Path, help='folder of crops; that of the sport by default')
    parser.add_argument('--k', type=int, default=8, help='how many to find')
    parser.add_argument('--candidates', type=int, help='compare with these many, chosen by faiss')
    parser.add_argument('--out', type=Path, required=True, help='folder to write')
    args = parser.parse_args()
    if args.k < 1 or (args.candidates is not None and args.candidates < 1):
        parser.error('--k and --candidates must be at least 1')
    if args.span and not all(number.isdigit() for number in args.span[1:]):
        parser.error('--span takes a video and two frame numbers')
    return args


def read_example(args: Namespace, sport: Sport) -> Action:
    """The example as an action; without a label where it has none."""
    if args.span:
        video, start, end = args.span[0], int(args.span[1]), int(args.span[2])
        return Action(f'{video}:{start}:{end}', video, start, end, '')
    known = {action.id: action for action in sport.actions('all')}
    if args.action not in known:
        raise FileNotFoundError(f'{args.data_root}: no action has the id {args.action}.')
    return known[args.action]


def search(args: Namespace, sport: Sport, example: Action, rows: np.ndarray) -> list[Match]:
    """What is most like the example: places, or labelled actions."""
    place = (example.video, example.start, example.end)
    if args.places:
        library = ActionRetriever().fit(args.embeddings, [example])
        return library.find(place, args.places, args.k)
    actions = sport.actions('all')
    library = ActionRetriever(args.candidates).fit(args.embeddings, actions)
    if library.left_out:
        print(f'{len(library.left_out)} of {len(actions)} actions have no embeddings: left out')
    return library.query(place if example.video in library.tracks else rows, args.k)


def to_strip(match: Match, rank: int, example: Action) -> Strip:
    label = match.action.label if match.action else ''
    hit = label == example.label if label and example.label else None
    place = f'{match.video} {match.start}-{match.end}'
    caption = in_columns(rank, label, f'{match.distance:.3f}', place)
    return Strip(match.video, match.start, match.end, caption, hit)


def in_columns(*cells: object) -> str:
    """Text of the cells that are not empty, in one line."""
    return '  '.join(str(cell) for cell in cells if cell != '')


def draw(args: Namespace, sport: Sport, example: Action, own: Track, found: list[Match]) -> None:
    """Draw the sheet and the alignment of the nearest."""
    folder = args.crops or sport.crop_dir('.')
    crops = open_crops(folder) if folder.is_dir() else None
    place = f'{example.video} {example.start}-{example.end}'
    title = in_columns('example', example.label, place)
    asked = Strip(example.video, max(example.start, own.first), example.end, title)
    strips = [to_strip(match, rank, example) for rank, match in enumerate(found, 1)]
    if crops is not None:
        sheet = retrieval_sheet(crops, asked, strips)
        with atomic_path(args.out / 'sheet.png') as temporary:
            temporary.write_bytes(cv2.imencode('.png', sheet[..., ::-1])[1].tobytes())
    best = found[0]
    track = read_tracks(args.places or args.embeddings, [best.video])[best.video]
    first = max(best.start, track.first)
    figure = draw_alignment(
        own.cut(asked.start, asked.end),
        track.cut(first, best.end),
        best.alignment - [0, first],
        (title, strips[0].caption),
        crops,
        (asked, Strip(best.video, first, best.end, '')),
    )
    with atomic_path(args.out / 'alignment.png') as temporary:
        figure.savefig(temporary, dpi=90)


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        sport = open_sport(args.data_root)
        example = read_example(args, sport)
        own = read_tracks(args.embeddings, [example.video]).get(example.video)
        if own is None:
            raise FileNotFoundError(f'{args.embeddings}: has no embeddings of {example.video}.')
        found = search(args, sport, example, own.cut(example.start, example.end))
        table = [
            (rank, f'{m.distance:.4f}', m.action.label if m.action else '', m.video, m.start, m.end,
             m.action.id if m.action else '')
            for rank, m in enumerate(found, 1)
        ]  # fmt: skip
        for row in table:
            print(in_columns(*row[:6]))
        with atomic_path(args.out / 'found.csv') as temporary, open(temporary, 'w') as file:
            csv.writer(file).writerows([COLUMNS, *table])
        if found:
            draw(args, sport, example, own, found)
        else:
            what = 'place' if args.places else 'other action'
            print(f'nothing found: no {what} is 2/3 to 3/2 as long as the example')


if __name__ == '__main__':
    main()
