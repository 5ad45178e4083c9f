"""Whether the nearest actions are of the same class."""

from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from vpd_mm.alignment import pairwise_dtw
from vpd_mm.evaluation.functional import ranking_scores, retrieval_scores
from vpd_mm.registry import METRICS, SPORTS


@METRICS.register_module()
class RetrievalMetric(BaseMetric):
    """Every action is a query; all others are ranked by dynamic time warping.

    A data sample is an action: ``action`` (id), ``gt_label`` and ``pred_embedding`` (T, V, D);
    its views are concatenated, as published. The actions that the dataset lists as ``missing`` in
    its ``metainfo`` have no embeddings: they are found by no query and find nothing. The results
    are ``retrieval/hit@1``, ``retrieval/prec@1`` … in percent, and ``retrieval/map`` and
    ``retrieval/mrr`` of the whole ranking; see :mod:`vpd_mm.evaluation.functional`.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        k: Numbers of nearest actions to look at.
        query_split: Split whose actions are the queries, such as ``'test'``; None takes all.
        step_pattern: ``'symmetricP2'`` or ``'symmetric2'``.
        metric: Distance of frames, ``'euclidean'`` or ``'cosine'``.
        workers: Threads. Defaults to the number of processors.
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'retrieval'.

    Example:
        >>> still, moving = np.zeros((5, 1, 2)), np.ones((5, 1, 2)) * np.arange(5)[:, None, None]
        >>> scores = RetrievalMetric.calculate([still, moving, still + 1], [0, 1, 0], k=(1,))
        >>> scores['hit@1'], scores['mrr']
        (66.66666666666666, 100.0)
    """

    default_prefix = 'retrieval'

    def __init__(
        self,
        k: Sequence[int] = (1, 10, 25, 50),
        query_split: str | None = None,
        step_pattern: str = 'symmetricP2',
        metric: str = 'euclidean',
        workers: int | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.k = tuple(k)
        self.query_split = query_split
        self.search = dict(step_pattern=step_pattern, metric=metric, workers=workers)

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep id, class and embeddings of every action."""
        for sample in data_samples:
            embedding = sample['pred_embedding'].float().cpu().numpy()
            self.results.append((sample['action'], int(sample['gt_label']), embedding))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Compare all actions; see :meth:`calculate`.

        Raises:
            ValueError: If no action of the query split is among those that are tested.
        """
        missing = (self.dataset_meta or {}).get('missing', {})
        results = [*results, *((action, label, None) for action, label in missing.items())]
        actions, labels, sequences = zip(*results, strict=True)
        return self.calculate(sequences, labels, self._queries(actions), self.k, **self.search)

    def _queries(self, actions: Sequence[str]) -> np.ndarray | None:
        if self.query_split is None:
            return None
        sport = SPORTS.build(self.dataset_meta['sport'])
        asked = {action.id for action in sport.actions(self.query_split)}
        queries = [number for number, action in enumerate(actions) if action in asked]
        if not queries:
            raise ValueError(
                f'no action of split {self.query_split} is among the {len(actions)} that are '
                "tested; test split 'all', or choose another query_split"
            )
        return np.array(queries)

    @staticmethod
    def calculate(
        sequences: Sequence[np.ndarray | None],
        labels: Sequence[int],
        queries: Sequence[int] | None = None,
        k: Sequence[int] = (1, 10, 25, 50),
        step_pattern: str = 'symmetricP2',
        metric: str = 'euclidean',
        workers: int | None = None,
    ) -> dict[str, float]:
        """Rank all actions for each query.

        Args:
            sequences: N arrays (T, V, D), or None where an action has no embeddings.
            labels: Their classes, N numbers.
            queries: Numbers of the actions to ask for; all by default.
            k: Numbers of nearest actions to look at.
            step_pattern, metric, workers: See :func:`vpd_mm.alignment.pairwise_dtw`.

        Returns:
            ``hit@<k>``, ``prec@<k>``, ``map`` and ``mrr`` in percent.
        """
        there = np.array([number for number, rows in enumerate(sequences) if rows is not None], int)
        asked = np.arange(len(sequences)) if queries is None else np.asarray(queries)
        rows = {number: sequences[number].reshape(len(sequences[number]), -1) for number in there}
        distances = np.full((len(asked), len(sequences)), np.inf)
        if queries is None:
            distances[np.ix_(there, there)] = pairwise_dtw(
                list(rows.values()), None, step_pattern, metric, workers
            )
        else:
            usable = np.flatnonzero(np.isin(asked, there))
            distances[np.ix_(usable, there)] = pairwise_dtw(
                [rows[n] for n in asked[usable]], list(rows.values()), step_pattern, metric, workers
            )
        labels = np.asarray(labels)
        scores = retrieval_scores(distances, labels, tuple(k), asked)
        return scores | ranking_scores(distances, labels, asked)
