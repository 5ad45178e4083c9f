from .sequence_recognizer import SequenceRecognizer

__all__ = ['SequenceRecognizer']
