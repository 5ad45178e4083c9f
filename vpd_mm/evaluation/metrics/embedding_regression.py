"""How well the student predicts the teacher."""

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from vpd_mm.evaluation.functional import regression_scores
from vpd_mm.registry import METRICS


@METRICS.register_module()
class EmbeddingRegression(BaseMetric):
    """Validation loss of an image, cosine similarity and R² of ``pred_target``.

    It is compared with ``gt_embedding``: the teacher's embedding and, with motion, its change.
    The results are ``embedding/loss``, ``embedding/cosine`` and ``embedding/r2``.

    Args:
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'embedding'.
    """

    default_prefix = 'embedding'

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep prediction and target of every frame."""
        for sample in data_samples:
            pair = (sample['pred_target'], sample['gt_embedding'])
            self.results.append(np.stack([value.float().cpu().numpy() for value in pair]))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Compare them all at once; see :func:`vpd_mm.evaluation.functional.regression_scores`."""
        prediction, target = np.stack(results, axis=1)
        return regression_scores(prediction, target)
