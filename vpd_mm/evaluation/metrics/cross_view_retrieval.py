"""Whether a pose is found from another view."""

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from vpd_mm.evaluation.functional import cross_view_retrieval
from vpd_mm.registry import METRICS


@METRICS.register_module()
class CrossViewRetrieval(BaseMetric):
    """Of poses seen from two cameras, how many are nearest to themselves in the other view.

    A data sample is a part of one set: ``pred_embedding`` (N, 2, D), ``set_name`` and
    ``same_pose``, without which (two people) the part is left out. Poses are sought within their
    set. The results, means over the sets, are ``cross_view/top1``, ``cross_view/top5`` (percent)
    and ``cross_view/median_rank``; with several sets also ``cross_view/<set>_top1`` and so on.

    Args:
        k: Ranks up to which a pose counts as found.
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'cross_view'.
    """

    default_prefix = 'cross_view'

    def __init__(
        self,
        k: Sequence[int] = (1, 5),
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.k = tuple(k)

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep the embeddings, one entry a batch."""
        self.results.append(
            [
                (sample['set_name'], sample['pred_embedding'].float().cpu().numpy())
                for sample in data_samples
                if sample['same_pose']
            ]
        )

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Look for every pose; see :func:`vpd_mm.evaluation.functional.cross_view_retrieval`."""
        sets: dict[str, list] = {}
        for name, embedding in (part for batch in results for part in batch):
            sets.setdefault(name, []).append(embedding)
        scores = {}
        for name, parts in sets.items():
            first, second = np.concatenate(parts).swapaxes(0, 1)
            scores[name] = cross_view_retrieval(first, second, self.k)
        metrics = {
            key: float(np.mean([score[key] for score in scores.values()]))
            for key in next(iter(scores.values()), {})
        }
        if len(scores) > 1:
            metrics |= {f'{n}_{key}': v for n, score in scores.items() for key, v in score.items()}
        return metrics
