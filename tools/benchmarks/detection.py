"""Time training and scoring of temporal detection on made-up embeddings.

Example: python tools/benchmarks/detection.py --device cpu

Windows of 250 frames of 64 values are drawn in batches at once and, for comparison, one by one by a
plain DataLoader, on one core. Then the network is trained on the former, in single precision and in
half (autocast to bfloat16), and a plain torch.nn.GRU of the same layers on the latter. Last, hours
of video at 25 frames a second, both views, are scored, and 100 videos are evaluated: the average
precision of five trials by nine thresholds and nine overlaps.
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from mmengine.registry import DefaultScope
from torch import nn
from torch.utils.data import DataLoader, Dataset

from vpd_mm.apis.detection import score_sequences
from vpd_mm.datasets import EmbeddingWindowDataset, pass_batch
from vpd_mm.evaluation.functional import average_precision_table
from vpd_mm.formats import Action, Actions, VideoMeta, write_actions, write_embeddings
from vpd_mm.registry import MODELS

SIZE, WINDOW, BATCH, LENGTH = 64, 250, 100, 4000


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('--videos', type=int, default=40, help='training videos of 4000 frames')
    parser.add_argument('--iterations', type=int, default=10, help='iterations that are timed')
    parser.add_argument('--hours', type=float, default=10, help='length of what is scored')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    return parser.parse_args()


class PlainWindows(Dataset):
    """One window after the other, its video chosen and its frames labelled anew."""

    def __init__(self, dataset: EmbeddingWindowDataset) -> None:
        bounds = zip(dataset.offset, dataset.length, strict=True)
        self.videos = [dataset.rows[:, a : a + n].numpy() for a, n in bounds]
        self.intervals = [dataset.intervals[video] for video in dataset.videos]
        self.weights = np.maximum(dataset.length - WINDOW, 1) / (dataset.length - WINDOW).sum()

    def __len__(self) -> int:
        return 100 * BATCH

    def __getitem__(self, index: int) -> dict:
        rng = np.random.default_rng(index)
        number = rng.choice(len(self.videos), p=self.weights)
        video = self.videos[number][rng.integers(2)]
        start = rng.integers(len(video) - WINDOW)
        label = np.zeros(WINDOW, np.int64)
        for first, last, kind in self.intervals[number]:
            label[max(0, first - start) : max(0, last - start)] = kind + 1
        return dict(sequence=video[None, start : start + WINDOW], length=WINDOW, label=label)


def make_dataset(root: Path, videos: int) -> EmbeddingWindowDataset:
    rng = np.random.default_rng(0)
    names = [f'video{number:03d}' for number in range(videos)]
    actions = [
        Action(f'{name}:{start}', name, start, start + 40, 'action')
        for name in names
        for start in range(100, LENGTH - 100, 500)
    ]
    metas = {name: VideoMeta(25.0, LENGTH, 8, 8) for name in names}
    splits = dict(train=[action.id for action in actions])
    write_actions(root / 'actions.json', Actions(['action'], metas, actions, splits))
    for name in names:
        rows = rng.standard_normal((LENGTH, 2, SIZE), np.float32)
        write_embeddings(root / f'{name}.emb.pkl', range(LENGTH), rows)
    return EmbeddingWindowDataset(
        dict(type='CustomSport', data_root=str(root)), str(root), windows_per_epoch=100 * BATCH
    )


def make_model(device: str):
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        model = dict(
            type='SequenceLocalizer',
            backbone=dict(type='RecurrentBackbone', in_channels=SIZE),
            cls_head=dict(type='FrameClsHead', in_channels=256, num_classes=1),
        )
        return MODELS.build(model).to(device)


class PlainLocalizer(nn.Module):
    """The same layers, as one would write them."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.2)
        self.rnn = nn.GRU(SIZE, 128, 2, batch_first=True, bidirectional=True)
        self.classify = nn.Sequential(
            nn.BatchNorm1d(256),
            nn.Dropout(),
            nn.Linear(256, 256),
            nn.ReLU(),
            nn.BatchNorm1d(256),
            nn.Dropout(),
            nn.Linear(256, 2),
        )

    def forward(self, sequence: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        features, _ = self.rnn(self.dropout(sequence[:, 0]))
        return nn.functional.cross_entropy(self.classify(features.flatten(0, 1)), label.flatten())


def make_step(model: nn.Module, loss_of: Callable[[dict], torch.Tensor], device: str) -> Callable:
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)

    def step(batch: dict) -> None:
        batch = {key: value.to(device) for key, value in batch.get('inputs', batch).items()}
        optimizer.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        optimizer.step()
        loss.item()  # waits for a GPU

    return step


def make_steps(model: nn.Module, device: str) -> dict[str, Callable]:
    """Give training steps by the model in both precisions, and by the plain network."""
    plain = PlainLocalizer().to(device)

    def half(batch: dict) -> torch.Tensor:
        with torch.autocast(device, torch.bfloat16):
            return model(batch, mode='loss')['loss_cls']

    return {
        'half precision': make_step(model, half, device),
        'single precision': make_step(model, lambda b: model(b, mode='loss')['loss_cls'], device),
        'plain': make_step(plain, lambda b: plain(b['sequence'], b['label']), device),
    }


def median_seconds(ways: dict, count: int, clock: Callable[[], float]) -> dict:
    """Median time of an iteration each way, by loader and step; they take turns, one warms up."""
    batches = {name: iter(loader) for name, (loader, _) in ways.items()}
    spent = {name: [] for name in ways}
    for _ in range(count + 1):
        for name, (_, step) in ways.items():
            begin = clock()
            step(next(batches[name]))
            spent[name].append(clock() - begin)
    return {name: float(np.median(times[1:])) for name, times in spent.items()}


def report(what: str, seconds: dict) -> None:
    """Print the times of an epoch, and what the last is of them."""
    plain = list(seconds.values())[-1]
    print(what)
    for name, value in seconds.items():
        print(f'  {name:17}{50 * value:8.3f} s{plain / value:8.1f} times as fast')


def time_evaluation(trials: int = 5, videos: int = 100) -> float:
    """Seconds to evaluate the scores of noisy detectors of actions of 40 to 100 frames."""
    rng = np.random.default_rng(0)
    start = 400 * np.arange(LENGTH // 400) + rng.integers(300, size=(videos, LENGTH // 400))
    truth = np.stack([start, start + rng.integers(40, 101, start.shape)], -1)
    frame = np.arange(LENGTH)[:, None]
    inside = ((truth[:, None, :, 0] <= frame) & (frame < truth[:, None, :, 1])).any(-1)
    noise = rng.normal(size=(trials, videos, LENGTH + 19))
    smooth = np.lib.stride_tricks.sliding_window_view(noise, 20, -1).mean(-1)
    scores = 1 / (1 + np.exp(3 - 6 * inside - 6 * smooth))
    levels = [n / 10 for n in range(1, 10)]
    begin = time.perf_counter()
    for trial in scores:
        average_precision_table(dict(enumerate(trial)), dict(enumerate(truth)), levels, levels, 70)
    return time.perf_counter() - begin


def main() -> None:
    args = parse_args()
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        dataset = make_dataset(Path(folder), args.videos)
    at_once = DataLoader(dataset, BATCH, collate_fn=pass_batch)
    one_by_one = DataLoader(PlainWindows(dataset), BATCH)
    threads = torch.get_num_threads()
    print(f'an epoch is 50 batches of {BATCH} windows; {args.device}, {threads} threads')

    torch.set_num_threads(1)
    ways = {'batches at once': (at_once, id), 'one by one': (one_by_one, id)}
    report('drawing, processor time', median_seconds(ways, 40, time.process_time))
    torch.set_num_threads(threads)

    model = make_model(args.device)
    ways = {
        name: (one_by_one if name == 'plain' else at_once, step)
        for name, step in make_steps(model, args.device).items()
    }
    report('training, with drawing', median_seconds(ways, args.iterations, time.time))

    frames = round(args.hours * 3600 * 25)
    model.eval()
    for name, length in (('routines of 4000 frames', LENGTH), ('one video', frames)):
        count = max(1, frames // length)
        rows = torch.randn(2, length, SIZE, device=args.device)
        begin = time.perf_counter()
        score_sequences([model], {f'{number}': rows for number in range(count)})
        print(f'scoring {args.hours:g} h, {name}: {time.perf_counter() - begin:.1f} s')
    print(f'average precision of 5 trials over 100 videos: {time_evaluation():.2f} s')


if __name__ == '__main__':
    main()
