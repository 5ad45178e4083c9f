from .crop_data_preprocessor import CropDataPreprocessor
from .sequence_data_preprocessor import SequenceDataPreprocessor

__all__ = ['CropDataPreprocessor', 'SequenceDataPreprocessor']
