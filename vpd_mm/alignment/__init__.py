"""Sequences against sequences: dynamic time warping of plain arrays or tensors."""

from .pairwise import dtw_distance, pairwise_dtw
from .path import dtw_path
from .search import nearest

__all__ = ['dtw_distance', 'dtw_path', 'nearest', 'pairwise_dtw']
