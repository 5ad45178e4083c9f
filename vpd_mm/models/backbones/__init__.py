from .recurrent import RecurrentBackbone
from .residual_mlp import ResidualMLP
from .rgb_flow_resnet import RGBFlowResNet

__all__ = ['RGBFlowResNet', 'RecurrentBackbone', 'ResidualMLP']
