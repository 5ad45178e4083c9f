from .crops import LoadCrop, PackCropInputs

__all__ = ['LoadCrop', 'PackCropInputs']
