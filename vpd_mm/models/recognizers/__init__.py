from .dtw_nearest_neighbor import DTWNearestNeighbor
from .sequence_recognizer import SequenceRecognizer

__all__ = ['DTWNearestNeighbor', 'SequenceRecognizer']
