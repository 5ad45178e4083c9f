"""Few-shot accuracy by the nearest centroid, on values that can be counted by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from vpd_mm.evaluation.functional import nearest_centroid_accuracy, pool_windows
from vpd_mm.evaluation.metrics import FewShotCentroid
from vpd_mm.registry import SPORTS


def test_pooling():
    frame, rows = np.array([7, 2, 3, 9]), np.array([[7.0, 0], [2, 1], [3, 1], [9, 0]])
    pooled = pool_windows(frame, rows, np.array([[2, 4], [0, 100], [4, 7], [7, 8]]))
    expected = [[2.5, 1], [21 / 4, 0.5], [np.nan, np.nan], [7, 0]]
    np.testing.assert_allclose(pooled, expected)


def test_separate_classes_are_told_apart():
    rows = np.repeat([[0.0, 0], [10, 0], [0, 10]], 4, axis=0)
    rows += np.random.default_rng(0).normal(size=rows.shape)
    labels = np.repeat(['a', 'b', 'c'], 4)
    assert nearest_centroid_accuracy(rows, labels, shots=1) == 100
    assert nearest_centroid_accuracy(-rows, labels, shots=3) == 100


def test_one_that_lies_with_the_others():
    """The third of class a is at b. It is asked, not known, in one of three choices."""
    rows = np.array([[0.0], [0], [10], [10], [10], [10]])
    labels = list('aaabbb')
    accuracy = nearest_centroid_accuracy(rows, labels, shots=2, trials=600)
    # Known 0, 0: the centroid of a is 0, and of the two that are asked b's is right: 50 %.
    # Known 0, 10: it is 5, the other 0 is right too: 100 %.
    assert accuracy == pytest.approx(100 * (1 / 3 * 0.5 + 2 / 3), abs=4)


def test_the_same_in_every_call():
    rows = np.random.default_rng(0).normal(size=(30, 4))
    labels = ['x', 'y', 'z'] * 10
    assert nearest_centroid_accuracy(rows, labels) == nearest_centroid_accuracy(rows, labels)
    assert nearest_centroid_accuracy(rows, labels, trials=200) < 60


def test_small_classes_are_left_out():
    rows = np.array([[0.0], [0.1], [9], [9.1], [0.05]])
    assert nearest_centroid_accuracy(rows, list('aabbc'), shots=1) == 100
    assert nearest_centroid_accuracy(rows, list('aabbc'), shots=2) is None
    assert nearest_centroid_accuracy(np.zeros((0, 2)), [], shots=2) is None


class LabelledSport:
    """Each video has two actions of 10 frames; its number modulo 2 is the class."""

    test_videos = frozenset({'v5'})

    def __init__(self, labelled: bool = True):
        self.labelled = labelled

    def actions(self, split):
        if not self.labelled:
            raise FileNotFoundError('all.txt: there is no such file.')
        return [
            SimpleNamespace(video=f'v{n}', start=start, end=start + 10, label='ab'[n % 2])
            for n in range(8)
            for start in (0, 20)
        ]


@pytest.fixture
def metric():
    SPORTS.register_module(name='LabelledSport', module=LabelledSport, force=True)
    metric = FewShotCentroid(shots=1)
    metric.dataset_meta = dict(sport=dict(type='LabelledSport'))
    yield metric
    SPORTS.module_dict.pop('LabelledSport')


def frames(videos=range(6)):
    """The teacher knows the class; the student takes v4 for the other one; v5 is a test video."""
    for n in videos:
        for frame in (3, 8, 15, 25):  # frame 15 belongs to no action
            teacher = n % 2 if frame != 15 else 99
            student = 1 - teacher if n == 4 else teacher
            yield dict(
                video=f'v{n}',
                frame=[frame],
                pred_embedding=torch.full((1, 2, 3), float(student)),
                teacher_embedding=torch.full((3,), float(teacher)),
            )


def test_metric(metric):
    samples = list(frames())
    metric.process(None, samples[:7])
    metric.process(None, samples[7:])
    result = metric.evaluate(len(samples))
    assert set(result) == {'few_shot/student_top1', 'few_shot/teacher_top1'}
    assert result['few_shot/teacher_top1'] == 100
    assert 0 < result['few_shot/student_top1'] < 90
    metric.process(None, samples)
    assert metric.evaluate(len(samples)) == result


def test_without_labels_there_is_no_result(metric):
    samples = list(frames())
    for meta in (None, dict(sport=None), dict(sport=dict(type='LabelledSport', labelled=False))):
        metric.dataset_meta, metric._actions = meta, None
        metric.process(None, samples)
        assert metric.evaluate(len(samples)) == {}
    metric.dataset_meta, metric._actions = dict(sport=dict(type='LabelledSport')), None
    samples = list(frames(videos=[0, 2]))
    metric.process(None, samples)
    assert metric.evaluate(len(samples)) == {}


def test_student_gives_what_the_metric_takes():
    from mmaction.structures import ActionDataSample

    from vpd_mm.models.embedders import VPDEmbedder

    for motion in (False, True):
        model = VPDEmbedder(
            backbone=dict(type='ConvStem', out_channels=4),
            head=dict(type='EmbeddingHead', in_channels=4, embedding_dim=3),
            motion_head=dict(type='MotionHead', embedding_dim=3, target_dim=5) if motion else None,
        )
        target = torch.arange(10.0 if motion else 3.0)
        sample = ActionDataSample(metainfo=dict(video='v', frame=[1]))
        sample.set_data(dict(gt_embedding=target))
        (sample,) = model(torch.zeros(1, 1, 5, 8, 8), [sample], mode='predict')
        assert sample.teacher_embedding.tolist() == target[: 5 if motion else 3].tolist()
