"""Tables and pictures of detection from few labelled videos."""

import csv
from pathlib import Path

import numpy as np
from mmengine.config import Config
from mmengine.registry import DefaultScope

from vpd_mm.evaluation.functional import (
    detect_actions,
    match_ranked,
    precision_recall,
    temporal_iou,
    told_once,
)
from vpd_mm.formats import atomic_path
from vpd_mm.registry import DATASETS
from vpd_mm.visualization.detection import draw_precision_recall, draw_timeline

from .detection_few_shot import DetectionTrial

CURVES = (0.3, 0.5, 0.7)


def summarize_detection(results: list[dict]) -> list[dict]:
    """Give mean and standard deviation of each figure over the trials.

    Args:
        results (list[dict]): Results of `run_detection_trials`.

    Returns:
        list[dict]: Rows ``embedding``, ``videos``, ``metric``, ``trials``, ``mean``, ``std``.
    """
    groups: dict[tuple, list[float]] = {}
    for result in results:
        for metric, value in result['metrics'].items():
            key = (result['embedding'], str(result['shots']), metric)
            groups.setdefault(key, []).append(value)
    return [
        dict(
            embedding=embedding,
            videos=videos,
            metric=metric,
            trials=len(values),
            mean=float(np.mean(values)),
            std=float(np.std(values)),
        )
        for (embedding, videos, metric), values in groups.items()
    ]


def format_detection_table(rows: list[dict]) -> str:
    """Lay out average precision: a line for each embedding and number of videos, by tIoU."""
    metrics = [name for name in dict.fromkeys(row['metric'] for row in rows) if name != 'accuracy']
    lines = []
    for metrics_of_table in (
        [name for name in metrics if not name.startswith(('sweep_', 'spotting'))],
        [name for name in metrics if name.startswith('sweep_')],
        [name for name in metrics if name.startswith('spotting')],
    ):
        if metrics_of_table:
            lines += [*_layout(rows, metrics_of_table), '']
    trials = ' or '.join(map(str, sorted({row['trials'] for row in rows})))
    head = f'Average precision %, mean ± standard deviation over {trials} trials'
    return '\n'.join([head, *lines]).rstrip()


def _layout(rows: list[dict], metrics: list[str]) -> list[str]:
    cells = {
        (row['embedding'], row['videos'], row['metric']): f'{row["mean"]:.1f}±{row["std"]:.1f}'
        for row in rows
    }
    keys = dict.fromkeys((row['embedding'], row['videos']) for row in rows)
    table = [['embedding', 'videos', *metrics]]
    table += [[*key, *(cells.get((*key, name), '-') for name in metrics)] for key in keys]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ['  '.join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in table]


def write_detection_report(
    cfg: Config, trials: list[DetectionTrial], results: list[dict], folder: str | Path
) -> str:
    """Write the table as text and CSV; of each embedding's last trial, curves and timelines.

    Files: ``detection.txt``, ``detection.csv``, ``<embedding>/precision_recall.png`` and
    ``<embedding>/timelines/<video>.png``.

    Returns:
        str: The table.
    """
    folder = Path(folder)
    rows = summarize_detection(results)
    table = format_detection_table(rows)
    with atomic_path(folder / 'detection.txt') as path:
        path.write_text(table + '\n', encoding='utf-8')
    with atomic_path(folder / 'detection.csv') as path, open(path, 'w', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    last = {trial.embedding: (trial, r) for trial, r in zip(trials, results, strict=True)}
    for embedding, (trial, result) in last.items():
        _draw(cfg, trial, result, folder / embedding)
    return table


def _draw(cfg: Config, trial: DetectionTrial, result: dict, folder: Path) -> None:
    with np.load(trial.folder / 'scores.npz') as file:
        scores = dict(file)
    settings = dict(cfg.test_dataloader.dataset, embedding_dir=trial.embedding_dir)
    with DefaultScope.overwrite_default_scope('vpd_mm'):
        dataset = DATASETS.build(settings)
    found = detect_actions(
        scores, result['mean_length'] if cfg.test_evaluator.get('clamp') else None
    )
    for video, rows in found.items():
        figure = draw_timeline(
            video,
            dataset.sport.video_meta(video).fps,
            result['classes'],
            scores[video],
            told_once(rows[rows[:, 2] >= 0.2]),
            dataset.intervals[video],
        )
        with atomic_path(folder / 'timelines' / f'{video}.png') as path:
            figure.savefig(path, dpi=100)
    curves = ranked_curves(found, dataset.intervals, CURVES)
    with atomic_path(folder / 'precision_recall.png') as path:
        draw_precision_recall(curves).savefig(path, dpi=150)


def ranked_curves(found: dict, truth: dict, tious: tuple[float, ...]) -> dict[str, tuple]:
    """Precision and recall at some overlaps, the detections of all classes ranked together."""
    classes = {int(n) for rows in (*found.values(), *truth.values()) for n in rows[:, -1]}
    own = {(video, n): rows[rows[:, 3] == n, :3] for video, rows in found.items() for n in classes}
    true = {(v, n): rows[rows[:, 2] == n, :2] for v, rows in truth.items() for n in classes}
    right, positives = match_ranked(own, true, temporal_iou, tious, one_to_one=True)
    precision, recall = precision_recall(right, positives)
    return {f'tIoU {t:g}': (p, r) for t, p, r in zip(tious, precision, recall, strict=True)}
