"""Joint sets as data, and the geometry on them. Plain NumPy."""

from .joint_sets import SKELETONS
from .pose2d import append_bones, flip_keypoints, invert_keypoints, normalize_pose2d
from .pose3d import (
    bone_cosines,
    decode_offsets,
    encode_joints,
    facing_direction,
    flip_offsets,
    joint_offsets,
    offsets_from_features,
    pose3d_features,
    poses_differ,
    unit_offsets,
)
from .projection import offsets_to_coco17, project, random_cameras, to_coco17
from .raw_layouts import RAW_LAYOUTS, encode_raw
from .skeleton import Skeleton

__all__ = [
    'RAW_LAYOUTS',
    'SKELETONS',
    'Skeleton',
    'append_bones',
    'bone_cosines',
    'decode_offsets',
    'encode_joints',
    'encode_raw',
    'facing_direction',
    'flip_keypoints',
    'flip_offsets',
    'invert_keypoints',
    'joint_offsets',
    'normalize_pose2d',
    'offsets_from_features',
    'offsets_to_coco17',
    'pose3d_features',
    'poses_differ',
    'project',
    'random_cameras',
    'to_coco17',
    'unit_offsets',
]
