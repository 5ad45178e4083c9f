"""Names, splits and few-shot files of the demo data in the published form of figure skating."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vpd_mm.formats import atomic_path

from .moves import JUMPS

SHOTS, TRIALS, LOCALIZE_TRIALS = (4, 8, 16, 32, 64, 128), 10, 5
TEST_EVENTS = ('olympic_short_program_2018', 'world_short_program_2018')
OTHER_EVENTS = (
    'olympic_short_program_2010', 'olympic_short_program_2014',
    'world_short_program_2017', 'world_short_program_2019',
)  # fmt: skip


@dataclass(frozen=True)
class DemoSpec:
    """What to make. The same specification always gives the same data.

    Args:
        videos: Number of videos, two at least.
        seed: Seed of everything.
        size: Width and height of the frames, even numbers of pixels.
        seconds: Length of a video.
    """

    videos: int = 24
    seed: int = 0
    size: tuple[int, int] = (480, 270)
    seconds: float = 28.0

    def __post_init__(self) -> None:
        if self.videos < 2:
            raise ValueError('a data set needs 2 videos at least: one to train, one to test')
        if min(self.size) < 48 or any(side % 2 for side in self.size):
            raise ValueError('the width and height must be even and 48 pixels at least')
        if self.seconds < 5:
            raise ValueError('a video needs 5 seconds at least, the length of one jump')

    def rng(self, *stream: int) -> np.random.Generator:
        """A generator that depends on the seed and the named stream alone."""
        return np.random.default_rng([self.seed, *stream])

    @property
    def jumps(self) -> int:
        return max(1, int(self.seconds // 4))


@dataclass(frozen=True)
class Plan:
    """One video before it is made; ``split`` is train, val or test."""

    index: int
    event: str
    split: str
    woman: bool
    jumps: tuple[str, ...]


def plan_videos(spec: DemoSpec) -> list[Plan]:
    """Share out events, splits and jumps; the classes are balanced within every split."""
    tests = max(1, round(spec.videos / 3))
    vals = max(1, round(spec.videos / 6)) if spec.videos > 2 else 0
    splits = ['test'] * tests + ['val'] * vals + ['train'] * (spec.videos - tests - vals)
    rng = spec.rng(0)
    decks = {name: _deal(rng, splits.count(name), spec.jumps) for name in sorted(set(splits))}
    plans = []
    for i, split in enumerate(splits):
        woman = bool(i % 2)
        events = TEST_EVENTS if split == 'test' else OTHER_EVENTS
        event = ('women_' if woman else 'men_') + events[(i // 2) % len(events)]
        plans.append(Plan(i, event, split, woman, decks[split].pop()))
    return plans


def _deal(rng: np.random.Generator, videos: int, each: int) -> list[tuple[str, ...]]:
    """Jumps of each video: every class equally often over all, in random order."""
    first = rng.permutation(len(JUMPS))
    deck = [JUMPS[first[i % len(JUMPS)]] for i in range(videos * each)]
    rng.shuffle(deck)
    return [tuple(deck[i * each : (i + 1) * each]) for i in range(videos)]


def video_name(spec: DemoSpec, plan: Plan, frames: int) -> str:
    """Published form: event, number in the event, first and last frame in the broadcast."""
    start = 25 * int(spec.rng(1, plan.index).integers(400, 12000))
    return f'{plan.event}_{plan.index + 1:02d}_{start:08d}_{start + frames:08d}'


def write_lines(path: Path, lines: list[str]) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text('\n'.join(lines))


def write_labels(spec: DemoSpec, folder: Path, actions: dict[str, list], splits: dict) -> list[str]:
    """Write all label and split files.

    Args:
        spec: What is made.
        folder: The folder ``labels``.
        actions: Per video its (start, end, class) rows.
        splits: Split of each video.

    Returns:
        A sentence for each number of shots that the train split does not allow.
    """
    rows = [(v, f'{v}:{start}:{end}', kind) for v in actions for start, end, kind in actions[v]]
    val = {ident for v, ident, _ in rows if splits[v] == 'val'}
    train = [(ident, kind) for v, ident, kind in rows if splits[v] == 'train']
    if not val:  # two videos: the last third of the only training video
        val = {ident for ident, _ in train[len(train) - max(1, len(train) // 3) :]}
        train = [row for row in train if row[0] not in val]
    write_lines(folder / 'all.txt', [f'{ident} {kind}' for _, ident, kind in rows])
    write_lines(folder / 'val.ids.txt', [ident for _, ident, _ in rows if ident in val])
    videos = [v for v in actions if splits[v] != 'test']
    for trial in range(LOCALIZE_TRIALS):
        order = spec.rng(2, trial).permutation(len(videos))
        write_lines(folder / f'train.localize.{trial}.txt', [videos[i] for i in order])
    return _write_few_shot(spec, folder, train)


def _write_few_shot(spec: DemoSpec, folder: Path, train: list[tuple[str, str]]) -> list[str]:
    groups = {kind: [ident for ident, k in train if k == kind] for kind in JUMPS}
    fewest = min(len(group) for group in groups.values())
    for shots in (k for k in SHOTS if k <= fewest):
        for trial in range(TRIALS):
            rng = spec.rng(3, shots, trial)
            chosen = [i for g in groups.values() for i in rng.permutation(g)[:shots]]
            write_lines(folder / f'train_{shots}_{trial}.ids.txt', [str(i) for i in chosen])
    return [
        f'{shots}-shot splits are not written: the rarest class has {fewest} train actions'
        for shots in SHOTS
        if shots > fewest
    ]
