"""Sequences against sequences: dynamic time warping of plain arrays or tensors."""

from .pairwise import dtw_distance, pairwise_dtw
from .path import dtw_path
from .search import nearest
from .subsequence import find_subsequences, subsequence_path

__all__ = [
    'dtw_distance',
    'dtw_path',
    'find_subsequences',
    'nearest',
    'pairwise_dtw',
    'subsequence_path',
]
