"""Recognition of actions by the nearest labelled ones, without training."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.model import BaseModel
from torch import Tensor

from vpd_mm.alignment import nearest
from vpd_mm.registry import DATASETS, MODELS


@MODELS.register_module()
class DTWNearestNeighbor(BaseModel):
    """Class of the k labelled actions that are nearest under dynamic time warping.

    Each view of each labelled action is one neighbour. The distances of all views of a query are
    pooled, and the k smallest vote; equal votes go to the class of the nearest. Where the step
    pattern admits no path to any action, ``symmetric2`` takes its place.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.

    Args:
        library (dict | Sequence): Config of the data set of labelled actions, such as
            ``EmbeddingSequenceDataset`` with ``test_mode=True``, read when first needed; or its
            samples themselves.
        k (int): Neighbours that vote. Defaults to 1.
        ensemble (bool): Whether all views of a query are used, or its first. Defaults to True.
        step_pattern (str): ``'symmetricP2'`` or ``'symmetric2'``.
        metric (str): Distance of frames, ``'euclidean'`` or ``'cosine'``.
        workers (int, optional): Threads. Defaults to the number of processors.
        data_preprocessor (dict, optional): Defaults to ``SequenceDataPreprocessor``.

    Example:
        >>> sample = ActionDataSample(metainfo=dict(action='a')).set_gt_label(0)
        >>> model = DTWNearestNeighbor([dict(inputs=torch.ones(1, 9, 4), data_samples=sample)])
        >>> model.test_step(dict(inputs=[torch.zeros(1, 8, 4)]))[0].pred_label
        tensor([0])
    """

    def __init__(
        self,
        library: dict | Sequence[dict],
        k: int = 1,
        ensemble: bool = True,
        step_pattern: str = 'symmetricP2',
        metric: str = 'euclidean',
        workers: int | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        super().__init__(MODELS.build(data_preprocessor or dict(type='SequenceDataPreprocessor')))
        self.library = library
        self.k = k
        self.ensemble = ensemble
        self.search = dict(metric=metric, workers=workers)
        self.step_pattern = step_pattern

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: list[ActionDataSample] | None = None,
        mode: str = 'predict',
    ) -> list[ActionDataSample]:
        """Name the class of each query.

        Args:
            inputs (dict): ``sequence`` (B, V, T, D) and ``length`` (B,).
            data_samples (list, optional): B samples.
            mode (str): ``'predict'``; there is nothing to train.

        Returns:
            The samples with ``pred_label`` (1,), ``pred_score`` (C,), the shares of the votes,
            where the winner has half a vote more, and the metainfo ``neighbor``, the winning
            action's number in the library, ``neighbor_action``, its id, and
            ``neighbor_distance``. A query of no frames gets the most frequent class.

        Raises:
            ValueError: If the mode is another.
        """
        if mode != 'predict':
            raise ValueError(f"mode is {mode!r}; this model is not trained, choose 'predict'.")
        sequence, lengths = inputs['sequence'].cpu().numpy(), inputs['length'].tolist()
        samples = data_samples or [ActionDataSample() for _ in lengths]
        if not self.ensemble:
            sequence = sequence[:, :1]
        filled = [row for row, length in enumerate(lengths) if length]
        if filled:
            found = self.neighbours([sequence[row, :, : lengths[row]] for row in filled])
            for row, distance, number in zip(filled, *found, strict=True):
                self._vote(samples[row], distance, number)
        for row in set(range(len(samples))).difference(filled):
            self._put(samples[row], np.eye(self.labelled.num_classes)[self.labelled.most_frequent])
        return samples

    @cached_property
    def labelled(self) -> 'LabelledViews':
        """The labelled actions; read from their data set when first used."""
        built = DATASETS.build(self.library) if isinstance(self.library, dict) else self.library
        return LabelledViews(built)

    def neighbours(
        self, queries: list[np.ndarray], step_pattern: str | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the k nearest views for the views of each query together.

        Args:
            queries: Q arrays (V, T, D).
            step_pattern: Defaults to that of the model.

        Returns:
            Distances (Q, k), ascending, and numbers of the views in `labelled` (Q, k), -1 at inf.
        """
        pattern = step_pattern or self.step_pattern
        views = [view for query in queries for view in query]
        distance, number = nearest(views, self.labelled.views, self.k, pattern, **self.search)
        distance, number = (pooled.reshape(len(queries), -1) for pooled in (distance, number))
        order = np.argsort(distance, axis=1, kind='stable')[:, : self.k]
        distance, number = (np.take_along_axis(pooled, order, 1) for pooled in (distance, number))
        alone = np.flatnonzero(np.isinf(distance).all(1))
        if pattern != 'symmetric2' and len(alone):
            again = self.neighbours([queries[row] for row in alone], 'symmetric2')
            distance[alone], number[alone] = again
        return distance, number

    def _vote(self, sample: ActionDataSample, distance: np.ndarray, number: np.ndarray) -> None:
        number = number[np.isfinite(distance)]
        votes = np.bincount(self.labelled.label[number], minlength=self.labelled.num_classes)
        # The first of the nearest whose class has the most votes.
        winner = np.argmax(votes[self.labelled.label[number]])
        score = votes + 0.5 * (np.arange(len(votes)) == self.labelled.label[number[winner]])
        owner = int(self.labelled.owner[number[winner]])
        sample.set_metainfo(
            dict(
                neighbor=owner,
                neighbor_action=self.labelled.actions[owner],
                neighbor_distance=float(distance[winner]),
            )
        )
        self._put(sample, score / score.sum())

    def _put(self, sample: ActionDataSample, score: np.ndarray) -> None:
        score = torch.from_numpy(score).float()
        sample.set_pred_score(score).set_pred_label(score.argmax())


class LabelledViews:
    """All views of labelled actions.

    Args:
        samples (Sequence): Samples with ``inputs`` (V, T, D) and ``data_samples``, which have
            ``gt_label`` and the metainfo ``action``; a data set's ``metainfo`` may name the
            ``classes``.

    Attributes:
        views (list[np.ndarray]): All views (T, D).
        owner (np.ndarray): Action of each view, (M,) int64.
        label (np.ndarray): Class of each view, (M,) int64.
        actions (list[str]): Ids of the actions.
        num_classes (int): Number of classes.
        most_frequent (int): Class that most actions have, the first of several.

    Raises:
        ValueError: If there is no action.
    """

    def __init__(self, samples: Sequence[dict]) -> None:
        if not len(samples):
            raise ValueError('the library has no actions; name a split that has some.')
        inputs = [samples[number]['inputs'].numpy() for number in range(len(samples))]
        found = [samples[number]['data_samples'] for number in range(len(samples))]
        labels = [int(sample.gt_label) for sample in found]
        self.views = [view for views in inputs for view in views]
        self.owner = np.repeat(np.arange(len(inputs)), [len(views) for views in inputs])
        self.label = np.array(labels)[self.owner]
        self.actions = [sample.action for sample in found]
        classes = getattr(samples, 'metainfo', {}).get('classes')
        self.num_classes = len(classes) if classes else max(labels) + 1
        self.most_frequent = Counter(labels).most_common(1)[0][0]
