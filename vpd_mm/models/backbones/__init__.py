from .conv_stem import ConvStem
from .image_backbone import ImageBackbone
from .onnx_network import ONNXNetwork
from .recurrent import RecurrentBackbone
from .residual_mlp import ResidualMLP
from .rgb_flow_resnet import RGBFlowResNet
from .temporal_cnn import TemporalCNN

__all__ = [
    'ConvStem',
    'ImageBackbone',
    'ONNXNetwork',
    'RGBFlowResNet',
    'RecurrentBackbone',
    'ResidualMLP',
    'TemporalCNN',
]
