from .negative_margin import NegativeMarginLoss
from .pose_lifting import PoseLiftingLoss
from .squared_error import SquaredErrorLoss
from .view_contrastive import ViewContrastiveLoss

__all__ = ['NegativeMarginLoss', 'PoseLiftingLoss', 'SquaredErrorLoss', 'ViewContrastiveLoss']
