"""The teacher's loss on held-out people."""

from collections.abc import Sequence

from mmengine.evaluator import BaseMetric

from vpd_mm.registry import METRICS


@METRICS.register_module()
class PoseEmbeddingLoss(BaseMetric):
    """Validation loss of a sample: all terms, and each by itself.

    A data sample is a part of one set: ``set_name``, ``pred_embedding`` (N, 2, D) and the losses
    (N,) whose names begin with 'loss'. The results are ``vipe/loss``, such as
    ``vipe/loss_lifting``, and ``vipe/<set>_loss``, the loss of a sample of that set.

    Args:
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'vipe'.
    """

    default_prefix = 'vipe'

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep sums and counts, one entry a batch."""
        self.results.append(
            [
                (
                    sample['set_name'],
                    len(sample['pred_embedding']),
                    {k: float(v.sum()) for k, v in sample.items() if k.startswith('loss')},
                )
                for sample in data_samples
            ]
        )

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Divide by the number of samples."""
        parts = [part for batch in results for part in batch]
        total = sum(count for _, count, _ in parts)
        terms = dict.fromkeys(key for _, _, losses in parts for key in losses)
        metrics = {
            term: sum(losses.get(term, 0.0) for _, _, losses in parts) / total for term in terms
        }
        metrics = dict(loss=sum(metrics.values())) | metrics
        for name in dict.fromkeys(name for name, _, _ in parts):
            mine = [(count, sum(losses.values())) for part, count, losses in parts if part == name]
            count, loss = map(sum, zip(*mine, strict=True))
            metrics[f'{name}_loss'] = loss / count
        return metrics
