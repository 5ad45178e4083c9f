"""How well actions are found in time."""

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from vpd_mm.evaluation.functional import (
    average_precision_table,
    detect_actions,
    frame_accuracy,
    mean_average_precision,
    merge_intervals,
    middles,
    spotting_average_precision,
)
from vpd_mm.registry import METRICS

TIOUS = tuple(n / 10 for n in range(1, 10))


@METRICS.register_module()
class TemporalDetectionMetric(BaseMetric):
    """Average precision of intervals (or moments) made of frame scores.

    A data sample is one video: ``pred_frame_score`` (T, C), ``video``, ``gt_intervals`` (G, 3).
    Results are in percent, means over the classes:

    - ``detection/ap@0.1`` … ``ap@0.9`` and their mean ``map``: proposals of all thresholds, of
      which the best of those that overlap are kept; no threshold is chosen. Matched one to one, as
      ActivityNet evaluates.
    - with `thresholds`: ``sweep_ap@0.1`` … and ``sweep_map``, as published: the best of one
      threshold after the other; overlapping true intervals are merged.
    - with `tolerances`: ``spotting@<frames>``, of the middles of the proposals.
    - ``accuracy``, of frames: the background where no class scores more than all else together.

    Args:
        tious: Overlaps from which on a proposal is right.
        thresholds: Thresholds of the sweep, for one class only; None sweeps none.
        tolerances: Distances in frames within which a moment is found; None spots none.
        mean_length: Mean length in frames of the training actions of each class, which the sweep
            clamps lengths about; by default the dataset says it.
        clamp: Whether the proposals of all thresholds are clamped too.
        area: ``'corrected'`` or ``'reference'``, of the sweep; see
            :func:`vpd_mm.evaluation.functional.temporal_average_precision`.
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'detection'.
    """

    default_prefix = 'detection'

    def __init__(
        self,
        tious: Sequence[float] = TIOUS,
        thresholds: Sequence[float] | None = None,
        tolerances: Sequence[float] | None = None,
        mean_length: Sequence[float | None] | None = None,
        clamp: bool = False,
        area: str = 'corrected',
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.tious, self.thresholds, self.tolerances = tuple(tious), thresholds, tolerances
        self.mean_length, self.clamp, self.area = mean_length, clamp, area

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep frame scores and true intervals."""
        for sample in data_samples:
            score = sample['pred_frame_score'].float().cpu().numpy()
            self.results.append((sample['video'], score, np.asarray(sample['gt_intervals'])))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Evaluate all videos together.

        Raises:
            ValueError: If a threshold sweep is asked for several classes.
        """
        scores = {video: score for video, score, _ in results}
        meta = self.dataset_meta or {}
        lost = {v: np.array(rows).reshape(-1, 3) for v, rows in meta.get('unscored', {}).items()}
        truth = lost | {video: intervals for video, _, intervals in results}
        classes = next(iter(scores.values())).shape[1]
        mean_length = self.mean_length or meta.get('mean_length') or [None] * classes
        proposals = detect_actions(scores, mean_length if self.clamp else None)
        metrics = dict(accuracy=100 * frame_accuracy(scores, truth))
        metrics |= self._percent('', *mean_average_precision(proposals, truth, self.tious)[:1])
        if self.thresholds is not None:
            metrics |= self._sweep(scores, truth, mean_length)
        if self.tolerances is not None:
            metrics |= self._spotting(proposals, truth)
        return metrics

    def _percent(self, name: str, precision: np.ndarray) -> dict[str, float]:
        values = {f'{name}ap@{t:g}': 100 * p for t, p in zip(self.tious, precision, strict=True)}
        values |= {f'{name}map': 100 * precision.mean()}
        return {key: float(value) for key, value in values.items()}

    def _sweep(self, scores: dict, truth: dict, mean_length: list) -> dict[str, float]:
        if len(mean_length) != 1:
            raise ValueError('thresholds are swept for one class only; leave `thresholds` out')
        table = average_precision_table(
            {video: score[:, 0] for video, score in scores.items()},
            {video: merge_intervals(rows[:, :2]) for video, rows in truth.items()},
            self.thresholds,
            self.tious,
            mean_length[0],
            self.area,
        )
        return self._percent('sweep_', table.max(1))

    def _spotting(self, proposals: dict, truth: dict) -> dict[str, float]:
        spots = {v: middles(rows, [2, 3]) for v, rows in proposals.items()}
        moments = {v: middles(rows, [2]) for v, rows in truth.items()}
        precision, _ = spotting_average_precision(spots, moments, self.tolerances)
        return {
            f'spotting@{t:g}': float(100 * p)
            for t, p in zip(self.tolerances, precision, strict=True)
        }
