"""What candidates from pooled embeddings miss of the exact nearest actions, and the time of both.

Examples:
    python tools/benchmarks/retrieval.py data/fs data/fs/embeddings/vpd_r34_motion
    python tools/benchmarks/retrieval.py data/judo EMBEDDINGS --candidates 20 50 100 --k 1 10

Every action, or evenly spaced ones of them, is asked for; recall is the share of its k exact
nearest that are found among the candidates. Needs faiss: pip install "vpd_mm[search]".
"""

import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from pathlib import Path

import numpy as np

from vpd_mm.apis import ActionRetriever
from vpd_mm.apis.command_line import user_errors_as_sentences
from vpd_mm.datasets.sports import open_sport
from vpd_mm.formats import Action


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder of the sport, such as data/fs')
    parser.add_argument('embeddings', type=Path, help='folder of embeddings')
    parser.add_argument('--candidates', type=int, nargs='+', default=[20, 50, 100, 200])
    parser.add_argument('--k', type=int, nargs='+', default=[1, 10, 50])
    parser.add_argument('--queries', type=int, default=300, help='how many to ask for')
    parser.add_argument('--workers', type=int, help='threads; default all processors')
    args = parser.parse_args()
    if min(*args.candidates, *args.k, args.queries) < 1:
        parser.error('--candidates, --k and --queries must be at least 1')
    return args


def ask(retriever: ActionRetriever, queries: list[Action], k: int) -> tuple[list[list], float]:
    """Ids of the actions found for each query, and milliseconds a query."""
    places = [(action.video, action.start, action.end) for action in queries]
    retriever.query(places[0], k, align=False)
    start = time.perf_counter()
    found = [retriever.query(place, k, align=False) for place in places]
    took = 1000 * (time.perf_counter() - start) / len(places)
    return [[match.action.id for match in matches] for matches in found], took


def recall(found: list[list], exact: list[list], k: int) -> float:
    """Share in percent of the k exact ones that are among those found."""
    shares = [
        len(set(own[:k]) & set(best[:k])) / len(best[:k])
        for own, best in zip(found, exact, strict=True)
        if best
    ]
    return float(100 * np.mean(shares))


def main() -> None:
    args = parse_args()
    with user_errors_as_sentences():
        actions = open_sport(args.data_root).actions('all')
        exact = ActionRetriever(workers=args.workers).fit(args.embeddings, actions)
        step = max(1, len(exact.actions) // args.queries)
        queries = exact.actions[::step][: args.queries]
        best, took = ask(exact, queries, max(args.k))
        print(f'{len(exact.actions)} actions, {len(queries)} queries')
        print('candidates' + ''.join(f'   recall@{k:<3}' for k in args.k) + '   ms a query')
        print(f'{"all":>10}' + '       100.0%' * len(args.k) + f'{took:13.1f}')
        for count in args.candidates:
            options = dict(candidates=count, workers=args.workers)
            few = ActionRetriever(**options).fit(args.embeddings, actions)
            found, took = ask(few, queries, min(count, max(args.k)))
            columns = [
                f'{recall(found, best, k):12.1f}%' if k <= count else f'{"-":>13}' for k in args.k
            ]
            print(f'{count:>10}' + ''.join(columns) + f'{took:13.1f}')


if __name__ == '__main__':
    main()
