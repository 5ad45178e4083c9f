from .in_batch_contrastive import InBatchContrastiveLoss
from .negative_margin import NegativeMarginLoss
from .pose_lifting import PoseLiftingLoss
from .squared_error import SquaredErrorLoss
from .view_contrastive import ViewContrastiveLoss

__all__ = [
    'InBatchContrastiveLoss',
    'NegativeMarginLoss',
    'PoseLiftingLoss',
    'SquaredErrorLoss',
    'ViewContrastiveLoss',
]
