from .pose2d import Pose2DEmbedder
from .vipe import VIPEEmbedder
from .vpd import VPDEmbedder

__all__ = ['Pose2DEmbedder', 'VIPEEmbedder', 'VPDEmbedder']
