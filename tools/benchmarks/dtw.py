"""Dynamic time warping on one core against other libraries, and all pairs of many sequences.

Examples:
    python tools/benchmarks/dtw.py
    python tools/benchmarks/dtw.py --all-pairs 1500 --workers 2

Every library gets the same pairs of multivariate sequences. Processor time, so that other programs
do not count; the first call, which compiles, is left out. dtw-python takes its local costs from
scikit-learn and computes the same distance. dtaidistance, aeon and tslearn know no slope limit and
count a diagonal step once: theirs is another distance, given for its speed. Those that are not
installed are named.
"""

import os

os.environ['OMP_NUM_THREADS'] = '1'  # before NumPy

import resource
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from itertools import product

import numpy as np

from vpd_mm.alignment import pairwise_dtw

Compare = Callable[[list[np.ndarray], list[np.ndarray]], np.ndarray]
SECONDS = 0.5  # of repeating what is measured; the least time counts


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('--frames', type=int, nargs='+', default=[25, 50, 75])
    parser.add_argument('--dimensions', type=int, nargs='+', default=[64, 128])
    parser.add_argument('--sequences', type=int, default=16, help='on each side of the pairs')
    parser.add_argument('--all-pairs', type=int, default=300, help='sequences of the last frames')
    parser.add_argument('--workers', type=int, help='threads for all pairs; default all processors')
    return parser.parse_args()


def ours(step_pattern: str) -> Compare:
    return lambda first, second: pairwise_dtw(first, second, step_pattern, workers=1)


def dtw_python(step_pattern: str) -> Compare:
    sys.path = [folder for folder in sys.path if folder != os.path.dirname(__file__)]
    from dtw import dtw  # not this file, which has its name
    from sklearn.metrics.pairwise import euclidean_distances

    def distance(a: np.ndarray, b: np.ndarray) -> float:
        cost = euclidean_distances(a, b)
        return dtw(cost, step_pattern=step_pattern, distance_only=True).normalizedDistance

    return one_by_one(distance)


def dtaidistance() -> Compare:
    from dtaidistance.dtw_ndim import distance_fast

    return one_by_one(lambda a, b: distance_fast(a.astype(np.double), b.astype(np.double)))


def aeon() -> Compare:
    from aeon.distances import dtw_pairwise_distance

    return lambda first, second: dtw_pairwise_distance(
        np.stack(first).transpose(0, 2, 1), np.stack(second).transpose(0, 2, 1)
    )


def tslearn() -> Compare:
    from tslearn.metrics import cdist_dtw

    return lambda first, second: cdist_dtw(np.stack(first), np.stack(second), n_jobs=1)


def one_by_one(distance: Callable[[np.ndarray, np.ndarray], float]) -> Compare:
    return lambda first, second: np.array([[distance(a, b) for b in second] for a in first])


LIBRARIES = {
    'vpd_mm symmetricP2': lambda: ours('symmetricP2'),
    'dtw-python symmetricP2': lambda: dtw_python('symmetricP2'),
    'vpd_mm symmetric2': lambda: ours('symmetric2'),
    'dtw-python symmetric2': lambda: dtw_python('symmetric2'),
    'dtaidistance': dtaidistance,
    'aeon': aeon,
    'tslearn': tslearn,
}


def installed() -> dict[str, Compare]:
    found = {}
    for name, load in LIBRARIES.items():
        try:
            found[name] = load()
        except ImportError as error:
            print(f'{name} is left out: {error}')
    return found


def random_walks(count: int, frames: int, dimensions: int) -> list[np.ndarray]:
    steps = np.random.default_rng(frames).normal(size=(count, frames, dimensions))
    return list(steps.cumsum(1).astype(np.float32))


def microseconds_a_pair(compare: Compare, first: list, second: list) -> tuple[float, np.ndarray]:
    compare(first[:1], second[:1])
    times = []
    while sum(times) < SECONDS:
        start = time.process_time()
        distances = compare(first, second)
        times.append(time.process_time() - start)
    return 1e6 * min(times) / distances.size, distances


def compare_libraries(args: Namespace) -> None:
    libraries = installed()
    for frames, dimensions in product(args.frames, args.dimensions):
        walks = random_walks(2 * args.sequences, frames, dimensions)
        print(f'\n{frames} frames of {dimensions} numbers, us a pair on one core')
        own = {}
        for name, compare in libraries.items():
            took, found = microseconds_a_pair(compare, walks[::2], walks[1::2])
            pattern = name.partition(' ')[2]
            line = f'  {name:<24}{took:9.1f}'
            if name.startswith('vpd_mm'):
                own[pattern] = took, found
            else:
                line += f'   {took / own[pattern or "symmetric2"][0]:6.1f} times ours'
                if pattern:
                    line += f', differs by {abs(found - own[pattern][1]).max():.0e}'
            print(line)


def all_pairs(count: int, frames: int, dimensions: int, workers: int | None) -> None:
    walks = random_walks(count, frames, dimensions)
    pairwise_dtw(walks[:2])
    before, start, used = peak_megabytes(), time.perf_counter(), time.process_time()
    distances = pairwise_dtw(walks, workers=workers)
    print(
        f'\nall pairs of {count} sequences, {frames} frames of {dimensions} numbers: '
        f'{time.perf_counter() - start:.1f} s, of processors {time.process_time() - used:.1f} s\n'
        f'memory: {before:.0f} MB before, {peak_megabytes() - before:.1f} MB more at most, '
        f'of which the result takes {distances.nbytes / 2**20:.1f} MB'
    )


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    args = parse_args()
    compare_libraries(args)
    all_pairs(args.all_pairs, args.frames[-1], args.dimensions[-1], args.workers)


if __name__ == '__main__':
    main()
