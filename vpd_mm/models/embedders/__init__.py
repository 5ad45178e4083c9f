from .pose2d import Pose2DEmbedder
from .stored import StoredEmbedder
from .vipe import VIPEEmbedder
from .vpd import VPDEmbedder

__all__ = ['Pose2DEmbedder', 'StoredEmbedder', 'VIPEEmbedder', 'VPDEmbedder']
