from .crop_data_preprocessor import CropDataPreprocessor
from .sequence_data_preprocessor import SequenceDataPreprocessor
from .window_data_preprocessor import WindowDataPreprocessor

__all__ = [
    'CropDataPreprocessor',
    'SequenceDataPreprocessor',
    'WindowDataPreprocessor',
]
