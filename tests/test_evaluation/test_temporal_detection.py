"""Proposals and average precision, against plain loops and ActivityNet's evaluation."""

import json
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmaction.evaluation.functional import ActivityNetLocalization

from vpd_mm.evaluation.functional import (
    average_precision,
    average_precision_table,
    clamp_lengths,
    detect_actions,
    frame_scores_to_proposals,
    mean_average_precision,
    merge_intervals,
    non_maximum_suppression,
    proposals_of_all_thresholds,
    spotting_average_precision,
    temporal_average_precision,
    temporal_iou,
    told_once,
)
from vpd_mm.evaluation.metrics import TemporalDetectionMetric

TIOUS = [n / 10 for n in range(1, 10)]


def plain_proposals(scores, threshold, min_length, max_gap):
    runs = []
    for frame, score in enumerate(scores):
        if score >= threshold:
            if runs and frame - runs[-1][1] <= max(max_gap, 1):
                runs[-1][1] = frame
            else:
                runs.append([frame, frame])
    return [(a, b, np.mean(scores[a : b + 1])) for a, b in runs if b - a > min_length]


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 4), max_size=40),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(1, 4),
)
def test_proposals_equal_plain_loop(scores, threshold, min_length, max_gap):
    scores = np.array(scores, float) / 4
    found = frame_scores_to_proposals(scores, threshold / 4, min_length, max_gap)
    expected = plain_proposals(scores, threshold / 4, min_length, max_gap)
    assert found == pytest.approx(np.array(expected).reshape(-1, 3))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)), max_size=12))
def test_merged_intervals_cover_the_same_frames(spans):
    intervals = np.array([(a, a + n) for a, n in spans], int).reshape(-1, 2)
    merged = merge_intervals(intervals)
    frames = {f for a, b in intervals for f in range(a, b)}
    assert frames == {f for a, b in merged for f in range(a, b)}
    assert (merged[1:, 0] > merged[:-1, 1]).all()


def test_lengths_are_clamped():
    rows = np.array([[0, 2, 1], [10, 30, 1], [10, 90, 1]], float)
    assert clamp_lengths(rows, 19.5)[:, :2].tolist() == [[0, 7], [10, 30], [37, 63]]
    assert rows[0, 1] == 2  # the input is kept


def test_the_best_of_overlapping_proposals_is_kept():
    rows = np.array([[0, 10, 0.5], [1, 11, 0.9], [20, 30, 0.1]])
    assert non_maximum_suppression(rows, 0.5).tolist() == [1, 2]
    assert non_maximum_suppression(rows, 0.9).tolist() == [1, 0, 2]
    assert non_maximum_suppression(rows[:0], 0.5).tolist() == []


def test_no_threshold_is_needed():
    scores = np.zeros(60)
    scores[10:20], scores[40:50] = 0.9, 0.3
    found = proposals_of_all_thresholds(scores)
    assert found == pytest.approx(np.array([[10, 19, 0.9], [40, 49, 0.3]]))
    assert proposals_of_all_thresholds(np.zeros(9)).shape == (0, 3)
    (rows,) = detect_actions({'a': np.stack([np.zeros(60), scores], 1)}).values()
    assert rows == pytest.approx(np.array([[10, 20, 0.9, 1], [40, 50, 0.3, 1]]))


def plain_matching(proposals, truth, tiou):
    """As published: in the order of scores, using up all that are overlapped enough."""
    ranked = sorted(
        ((video, row) for video in sorted(proposals) for row in proposals[video]),
        key=lambda item: -item[1][2],
    )
    left = {video: list(map(tuple, rows)) for video, rows in truth.items()}
    right = []
    for video, row in ranked:
        hit = [g for g in left.get(video, ()) if temporal_iou([row[:2]], [g])[0, 0] >= tiou]
        right.append(bool(hit))
        left[video] = [g for g in left.get(video, ()) if g not in hit]
    return np.array(right, bool)


def random_case(rng, videos=6, classes=3):
    proposals, truth = {}, {}
    for video in range(videos):
        start = rng.uniform(0, 100, 12)
        rows = [
            start,
            start + rng.uniform(5, 40, 12),
            rng.random(12),
            rng.integers(classes, size=12),
        ]
        proposals[f'v{video}'] = np.stack(rows, 1)
        start = rng.uniform(0, 100, 5)
        rows = [start, start + rng.uniform(5, 40, 5), rng.integers(classes, size=5)]
        truth[f'v{video}'] = np.stack(rows, 1)
    del proposals['v2']  # a video without proposals
    del truth['v3']  # and one without actions
    return proposals, truth


@pytest.mark.parametrize('seed', range(5))
def test_published_matching_equals_plain_loop(seed):
    proposals, truth = random_case(np.random.default_rng(seed))
    proposals = {video: rows[:, :3] for video, rows in proposals.items()}
    truth = {video: rows[:, :2] for video, rows in truth.items()}
    positives = sum(map(len, truth.values()))
    expected = [
        average_precision(plain_matching(proposals, truth, tiou), positives) for tiou in TIOUS
    ]
    assert temporal_average_precision(proposals, truth, TIOUS) == pytest.approx(np.array(expected))


@pytest.mark.parametrize('seed', range(5))
def test_mean_average_precision_equals_activitynet(seed, tmp_path):
    proposals, truth = random_case(np.random.default_rng(seed))
    database = {
        f'v_{video}': dict(
            annotations=[dict(label=f'c{int(n)}', segment=[a, b]) for a, b, n in rows]
        )
        for video, rows in truth.items()
    }
    results = {
        video: [dict(label=f'c{int(n)}', segment=[a, b], score=s) for a, b, s, n in rows]
        for video, rows in proposals.items()
    }
    (tmp_path / 'truth.json').write_text(json.dumps(database))
    (tmp_path / 'found.json').write_text(json.dumps(dict(results=results)))
    evaluation = ActivityNetLocalization(
        tmp_path / 'truth.json', tmp_path / 'found.json', np.array(TIOUS)
    )
    expected, mean = evaluation.evaluate()
    found, by_class = mean_average_precision(proposals, truth, TIOUS)
    assert found == pytest.approx(expected, abs=1e-9)
    assert found.mean() == pytest.approx(mean)
    for name, number in evaluation.activity_index.items():
        assert by_class[int(name[1:])] == pytest.approx(evaluation.ap[:, number])


def test_spots_are_right_within_their_tolerance():
    truth = {'a': [[10, 0], [50, 0]], 'b': [[5, 1]]}
    spots = {'a': [[12, 0.9, 0], [11, 0.8, 0], [50, 0.7, 0]], 'b': [[5, 0.5, 0]]}
    mean, by_class = spotting_average_precision(spots, truth, [0, 1, 2])
    assert by_class[0] == pytest.approx([1 / 3 / 2, 2 / 3, (1 + 2 / 3) / 2])
    assert by_class[1] == pytest.approx([0, 0, 0])  # the only one there is of another class
    assert mean == pytest.approx(by_class[0] / 2)


def test_nothing_to_find_or_nothing_found():
    assert np.isnan(temporal_average_precision({'a': [[0, 9, 1]]}, {}, [0.5])).all()
    assert temporal_average_precision({}, {'a': [[0, 9]]}, [0.5, 0.9]).tolist() == [0, 0]
    assert np.isnan(mean_average_precision({}, {}, [0.5])[0]).all()
    assert average_precision(np.array([True]), 2).tolist() == 0.5
    with pytest.raises(ValueError, match="choose 'corrected' or 'reference'"):
        average_precision(np.array([True]), 2, 'other')


def test_table_of_five_trials_and_a_hundred_videos_takes_two_seconds():
    rng = np.random.default_rng(0)
    smooth = np.ones(25) / 25
    begin = time.process_time()
    spent = 0.0
    for _ in range(5):
        noise = rng.random((100, 4000)) ** 0.5
        scores = {f'v{n}': np.convolve(row, smooth, 'same') for n, row in enumerate(noise)}
        starts = rng.integers(0, 3900, (100, 8))
        truth = {f'v{n}': merge_intervals(np.stack([s, s + 40], 1)) for n, s in enumerate(starts)}
        begin = time.process_time()
        thresholds = np.quantile(np.stack(list(scores.values())), TIOUS)
        table = average_precision_table(scores, truth, thresholds, TIOUS, 40)
        spent += time.process_time() - begin
        assert table.shape == (9, 9)
    assert spent < 2


def metric_of(samples, **settings):
    metric = TemporalDetectionMetric(**settings)
    metric.dataset_meta = dict(mean_length=[10.0], unscored={'lost': [[0, 10, 0]]})
    metric.process(None, samples)
    return metric.evaluate(len(samples))


def sample_of(video, length, intervals, frames):
    score = torch.zeros(length, 1)
    score[frames] = 0.9
    return dict(
        video=video, pred_frame_score=score, gt_intervals=np.array(intervals).reshape(-1, 3)
    )


def test_metric():
    samples = [
        sample_of('a', 100, [[20, 30, 0], [60, 70, 0]], slice(20, 30)),
        sample_of('without', 50, [], slice(0, 0)),
    ]
    found = metric_of(samples, thresholds=[0.5, 0.95], tolerances=[2])
    assert found['detection/ap@0.5'] == pytest.approx(100 / 3)  # one of two, one in a lost video
    assert found['detection/map'] == pytest.approx(100 / 3)
    assert found['detection/sweep_ap@0.5'] == pytest.approx(100 / 3)
    assert found['detection/spotting@2'] == pytest.approx(100 / 3)
    assert found['detection/accuracy'] == pytest.approx(100 * 140 / 150)
    assert 'detection/sweep_map' not in metric_of(samples)


def test_metric_sweeps_one_class_only():
    with pytest.raises(ValueError, match='one class only'):
        metric_of([sample_of('a', 9, [], slice(0, 0))], thresholds=[0.5], mean_length=[1.0, 2.0])


def test_a_reader_gets_each_action_once():
    rows = np.array(
        [
            [10, 20, 0.4, 0],  # in a better one
            [0, 40, 0.9, 0],
            [35, 75, 0.8, 0],  # shares five frames with the best
            [30, 130, 0.7, 0],  # around a better one
            [10, 20, 0.3, 1],  # of another class
        ]
    )
    np.testing.assert_array_equal(told_once(rows), rows[[1, 2, 4]])
    assert told_once(rows[:0]).shape == (0, 4)
