from .regression import regression_scores
from .retrieval import cross_view_ranks, cross_view_retrieval

__all__ = ['cross_view_ranks', 'cross_view_retrieval', 'regression_scores']
