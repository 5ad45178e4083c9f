from .embedding_head import EmbeddingHead
from .motion_head import MotionHead
from .pose_lifting_head import PoseLiftingHead
from .sequence_cls_head import SequenceClsHead

__all__ = ['EmbeddingHead', 'MotionHead', 'PoseLiftingHead', 'SequenceClsHead']
