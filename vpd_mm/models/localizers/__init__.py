from .sequence_localizer import SequenceLocalizer

__all__ = ['SequenceLocalizer']
