"""What distillation buys: few-shot recognition by the student's and the teacher's embeddings."""

import logging
from collections.abc import Sequence

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log

from vpd_mm.evaluation.functional import nearest_centroid_accuracy, pool_windows
from vpd_mm.formats import Action
from vpd_mm.registry import METRICS, SPORTS


@METRICS.register_module()
class FewShotCentroid(BaseMetric):
    """Few-shot accuracy by the nearest centroid of mean-pooled embeddings, in percent.

    A data sample is a frame: ``video``, ``frame`` (a list of one), ``pred_embedding`` (1, V, D) and
    ``teacher_embedding`` (D,). The sport that the dataset names in its ``metainfo`` tells the
    actions: all that lie in the validated videos and not in test videos. The results are
    ``few_shot/student_top1`` and ``few_shot/teacher_top1``; there are none without labels, or
    where fewer than two classes have more than ``shots`` actions there.

    Args:
        shots: Actions of a class that are known.
        trials: Choices of these actions to average over, the same at every validation.
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'few_shot'.
    """

    default_prefix = 'few_shot'

    def __init__(
        self,
        shots: int = 2,
        trials: int = 20,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.shots = shots
        self.trials = trials
        self._actions: list[Action] | None = None

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep both embeddings of every frame."""
        for sample in data_samples:
            rows = (sample['pred_embedding'][0, 0], sample['teacher_embedding'])
            rows = [row.float().cpu().numpy() for row in rows]
            self.results.append((sample['video'], sample['frame'][0], *rows))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Pool every action; see :func:`vpd_mm.evaluation.functional.nearest_centroid_accuracy`."""
        videos, frame, *embeddings = zip(*results, strict=True)
        videos, frame = np.array(videos), np.array(frame)
        actions = [action for action in self.actions() if action.video in set(videos)]
        metrics = {}
        for name, rows in zip(('student', 'teacher'), map(np.stack, embeddings), strict=True):
            pooled, labels = pool_actions(videos, frame, rows, actions)
            top1 = nearest_centroid_accuracy(pooled, labels, self.shots, self.trials)
            if top1 is not None:
                metrics[f'{name}_top1'] = top1
        return metrics

    def actions(self) -> list[Action]:
        """Actions outside of the test videos; none where there are no labels."""
        if self._actions is None:
            sport = (self.dataset_meta or {}).get('sport')
            self._actions = _labelled_actions(sport) if sport else []
        return self._actions


def pool_actions(
    videos: np.ndarray, frame: np.ndarray, embedding: np.ndarray, actions: Sequence[Action]
) -> tuple[np.ndarray, list[str]]:
    """Mean embedding and label of each action that has a frame.

    Args:
        videos: Video of each row, (N,).
        frame: Frame of each row, (N,).
        embedding: (N, D).
        actions: The actions.

    Returns:
        (A, D) and A labels, in the order of the videos' names.
    """
    pooled, labels = [np.zeros((0, embedding.shape[1]))], []
    for video in np.unique(videos):
        mine = [action for action in actions if action.video == video]
        if mine:
            rows = videos == video
            windows = np.array([(action.start, action.end) for action in mine])
            means = pool_windows(frame[rows], embedding[rows], windows)
            seen = ~np.isnan(means).any(1)
            pooled.append(means[seen])
            labels += [action.label for action, there in zip(mine, seen, strict=True) if there]
    return np.concatenate(pooled), labels


def _labelled_actions(config: dict) -> list[Action]:
    sport = SPORTS.build(config)
    try:
        return [a for a in sport.actions('all') if a.video not in sport.test_videos]
    except FileNotFoundError as error:
        text = f'{error} Few-shot accuracy is left out of the validation.'
        print_log(text, logger='current', level=logging.WARNING)
        return []
