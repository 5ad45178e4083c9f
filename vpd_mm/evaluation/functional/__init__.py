from .average_precision import (
    average_precision,
    average_precision_table,
    mean_average_precision,
    precision_recall,
    spotting_average_precision,
    temporal_average_precision,
)
from .detections import detect_actions, frame_accuracy, middles, told_once
from .matching import match_ranked
from .nearest_centroid import nearest_centroid_accuracy, pool_windows
from .proposals import (
    clamp_lengths,
    frame_scores_to_proposals,
    merge_intervals,
    non_maximum_suppression,
    proposals_of_all_thresholds,
    temporal_iou,
)
from .regression import regression_scores
from .retrieval import (
    cross_view_ranks,
    cross_view_retrieval,
    ranked_hits,
    ranking_scores,
    retrieval_scores,
)

__all__ = [
    'average_precision',
    'average_precision_table',
    'clamp_lengths',
    'cross_view_ranks',
    'cross_view_retrieval',
    'detect_actions',
    'frame_accuracy',
    'frame_scores_to_proposals',
    'match_ranked',
    'mean_average_precision',
    'merge_intervals',
    'middles',
    'nearest_centroid_accuracy',
    'non_maximum_suppression',
    'pool_windows',
    'precision_recall',
    'proposals_of_all_thresholds',
    'ranked_hits',
    'ranking_scores',
    'regression_scores',
    'retrieval_scores',
    'spotting_average_precision',
    'temporal_average_precision',
    'temporal_iou',
    'told_once',
]
