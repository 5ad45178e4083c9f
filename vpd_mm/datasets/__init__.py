import mmaction.datasets  # noqa: F401  registers MMAction2's datasets in the parent registry

from .crop_dataset import CropDataset
from .embedding_sequence_dataset import EmbeddingSequenceDataset
from .embedding_window_dataset import EmbeddingWindowDataset
from .joint_pose_dataset import JointPoseDataset
from .multi_view_pose_dataset import MultiViewPoseDataset, pass_batch
from .person_pair_dataset import PersonPairDataset
from .pose_sequence_dataset import PoseSequenceDataset
from .sports import *
from .transforms import *
from .video_crop_dataset import VideoCropDataset

__all__ = [
    'CropDataset',
    'EmbeddingSequenceDataset',
    'EmbeddingWindowDataset',
    'JointPoseDataset',
    'MultiViewPoseDataset',
    'PersonPairDataset',
    'PoseSequenceDataset',
    'VideoCropDataset',
    'pass_batch',
]
