"""Time the training of a few-shot recogniser on made-up embeddings, on one core.

Examples:
    python tools/benchmarks/few_shot_training.py
    python tools/benchmarks/few_shot_training.py --trials 2 --workers 2

Four examples of six classes, both views, 75 frames of 64 values: the size of a trial on figure
skating. An epoch of the runner, with all its hooks, is compared with one of a plain loop: a
DataLoader that collates sample by sample, and a packed sequence through torch.nn.GRU. With
--trials whole trials are run instead, all their epochs, without an early stop.
"""

import os
import tempfile
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

from vpd_mm.apis.few_shot import Trial, make_trials, one_thread, run_trials
from vpd_mm.apis.few_shot_config import set_data_root, trial_config
from vpd_mm.formats import Action, Actions, VideoMeta, write_actions, write_embeddings

CONFIG = Path(__file__).parents[2] / 'configs' / 'recognition' / 'bigru_custom.py'
CLASSES = ['axel', 'flip', 'loop', 'lutz', 'salchow', 'toe_loop']
FRAMES, SIZE = 75, 64


def parse_args() -> Namespace:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument('--epochs', type=int, default=20, help='epochs that are timed')
    parser.add_argument('--val', type=int, default=182, help='actions to validate with')
    parser.add_argument('--config', default=CONFIG, help='recipe: a config of a sport of your own')
    parser.add_argument('--amp', action='store_true', help='half precision')
    parser.add_argument('--trials', type=int, default=0, help='whole trials to run, instead')
    parser.add_argument('--workers', type=int, default=1, help='processes that run the trials')
    return parser.parse_args()


def make_data(root: Path, val: int, trials: int) -> None:
    """Write labels and embeddings, in which classes differ little, for some trials."""
    rng = np.random.default_rng(0)
    kinds = rng.standard_normal((len(CLASSES), 2, SIZE))
    actions, videos, splits = [], {}, {}
    sizes = {f'train_4_{index}': 4 * len(CLASSES) for index in range(max(1, trials))}
    for split, count in (sizes | dict(val=val, test=val)).items():
        label = np.arange(count) % len(CLASSES)
        rows = rng.standard_normal((count * FRAMES, 2, SIZE)) + 0.05 * kinds[label.repeat(FRAMES)]
        write_embeddings(
            root / 'embeddings' / 'made_up' / f'{split}.emb.pkl',
            np.arange(len(rows)),
            rows.astype(np.float32),
        )
        starts = [number * FRAMES for number in range(count)]
        new = [
            Action(f'{split}:{start}', split, start, start + FRAMES, CLASSES[kind])
            for start, kind in zip(starts, label, strict=True)
        ]
        actions += new
        videos[split] = VideoMeta(25.0, len(rows), 8, 8)
        splits[split] = [action.id for action in new]
    write_actions(root / 'actions.json', Actions(CLASSES, videos, actions, splits))


def make_runner(cfg: Config, trial: Trial, epochs: int) -> Runner:
    cfg = trial_config(cfg, trial)
    cfg.model.backbone.in_channels = SIZE
    cfg.train_cfg.update(max_epochs=epochs, val_begin=epochs + 1)
    cfg.custom_hooks = []
    return Runner.from_cfg(cfg)


class PlainModel(nn.Module):
    """The same network by packed sequences."""

    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.rnn = nn.GRU(SIZE, 128, 2, batch_first=True, bidirectional=True)
        layers = [nn.BatchNorm1d(256), nn.Dropout(0.5), nn.Linear(256, 256), nn.ReLU()]
        layers += [nn.BatchNorm1d(256), nn.Dropout(0.5), nn.Linear(256, len(CLASSES))]
        self.classify = nn.Sequential(*layers)

    def forward(self, sequence: torch.Tensor, length: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(
            self.drop(sequence), length, batch_first=True, enforce_sorted=False
        )
        output, _ = pad_packed_sequence(
            self.rnn(packed)[0], batch_first=True, padding_value=-np.inf
        )
        return self.classify(output.amax(1))


def collate(samples: list) -> tuple[torch.Tensor, ...]:
    sequences, labels = zip(*samples, strict=True)
    length = torch.tensor([len(sequence) for sequence in sequences])
    return pad_sequence(sequences, batch_first=True), length, torch.tensor(labels)


def train_plain(dataset, epochs: int) -> None:
    samples = [(sample['inputs'][0], int(sample['data_samples'].gt_label)) for sample in dataset]
    loader = DataLoader(samples, 50, shuffle=True, collate_fn=collate)
    model = PlainModel()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    for _ in range(epochs):
        for sequence, length, label in loader:
            loss = nn.functional.cross_entropy(model(sequence, length), label)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()


def processor_seconds(run: Callable[[], object]) -> float:
    begin = time.process_time()
    run()
    return time.process_time() - begin


def compare_epochs(cfg: Config, trial: Trial, epochs: int) -> None:
    """Print what an epoch and a validation cost, and an epoch of the plain loop."""
    make_runner(cfg, trial, 1).train()  # warms up
    runner = make_runner(cfg, trial, epochs)
    ours = processor_seconds(runner.train) / epochs
    dataset = runner.train_dataloader.dataset
    plain = processor_seconds(lambda: train_plain(dataset, epochs)) / epochs
    runner.val()  # warms up
    validation = processor_seconds(runner.val_loop.run)
    print(f'{len(dataset)} sequences of {FRAMES} x {SIZE}; processor time, one thread')
    print(f'epoch of the runner {ours:.3f} s, of a plain loop {plain:.3f} s, ', end='')
    print(f'{plain / ours:.2f} times as fast; one validation {validation:.3f} s')


def time_trials(cfg: Config, trials: list[Trial], workers: int) -> None:
    """Print what whole trials take, without an early stop."""
    cfg.custom_hooks = []
    begin, cores = time.time(), sum(os.times()[:4])  # of the workers, too
    run_trials(cfg, trials, workers)
    seconds, cores = time.time() - begin, sum(os.times()[:4]) - cores
    print(f'{cfg.train_cfg.max_epochs} epochs, {workers} at once: ', end='')
    print(f'{seconds / len(trials):.1f} s a trial, {cores / len(trials):.1f} s of one core')


def main() -> None:
    args = parse_args()
    with tempfile.TemporaryDirectory() as folder, one_thread():
        make_data(Path(folder), args.val, args.trials)
        cfg = Config.fromfile(args.config)
        set_data_root(cfg, folder)
        if args.amp:
            cfg.merge_from_dict({'optim_wrapper.type': 'AmpOptimWrapper', 'val_cfg.fp16': True})
        embeddings = [f'{folder}/embeddings/made_up']
        trials = make_trials(embeddings, [4], max(1, args.trials), f'{folder}/work')
        if args.trials:
            time_trials(cfg, trials, args.workers)
        else:
            compare_epochs(cfg, trials[0], args.epochs)


if __name__ == '__main__':
    main()
