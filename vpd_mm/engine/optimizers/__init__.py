from .amp_optim_wrapper import AmpOptimWrapper
from .cosine_restarts import CosineRestarts, CosineRestartsWeightDecay

__all__ = ['AmpOptimWrapper', 'CosineRestarts', 'CosineRestartsWeightDecay']
