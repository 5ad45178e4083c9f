from .embedding_head import EmbeddingHead
from .frame_cls_head import FrameClsHead
from .motion_head import MotionHead
from .pose_lifting_head import PoseLiftingHead
from .sequence_cls_head import SequenceClsHead

__all__ = [
    'EmbeddingHead',
    'FrameClsHead',
    'MotionHead',
    'PoseLiftingHead',
    'SequenceClsHead',
]
