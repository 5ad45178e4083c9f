"""The on-disk formats: read, write, check. No framework is needed here."""

from .actions import Action, Actions, check_actions, read_actions, write_actions
from .atomic import atomic_directory, atomic_path, remove_leftovers, write_bytes
from .crop_stores import PLAYERS, CropStore, PackedCropWriter, open_crops
from .crops import (
    Crop,
    list_crop_frames,
    read_crop,
    read_previous_crop,
    write_crop,
    write_flow,
)
from .embeddings import EMBEDDING_SUFFIX, Embeddings, read_embeddings, write_embeddings
from .errors import FormatError
from .flow import decode_flow, encode_flow
from .json_files import read_json, write_json
from .masks import Masks, read_masks, write_masks
from .pickles import read_pickle, write_pickle
from .poses import (
    Boxes,
    Poses,
    VideoMeta,
    list_pose_videos,
    read_boxes,
    read_meta,
    read_poses,
    read_video_metadata,
    write_boxes,
    write_meta,
    write_poses,
)
from .poses3d import (
    PoseViews,
    Sequence3D,
    read_pose_views,
    read_poses3d,
    write_pose_views,
    write_poses3d,
)
from .videos import iter_frames, probe_video, scan_frames, write_video

__all__ = [
    'EMBEDDING_SUFFIX',
    'PLAYERS',
    'Action',
    'Actions',
    'Boxes',
    'Crop',
    'CropStore',
    'Embeddings',
    'FormatError',
    'Masks',
    'PackedCropWriter',
    'PoseViews',
    'Poses',
    'Sequence3D',
    'VideoMeta',
    'atomic_directory',
    'atomic_path',
    'check_actions',
    'decode_flow',
    'encode_flow',
    'iter_frames',
    'list_crop_frames',
    'list_pose_videos',
    'open_crops',
    'probe_video',
    'read_actions',
    'read_boxes',
    'read_crop',
    'read_embeddings',
    'read_json',
    'read_masks',
    'read_meta',
    'read_pickle',
    'read_pose_views',
    'read_poses',
    'read_poses3d',
    'read_previous_crop',
    'read_video_metadata',
    'remove_leftovers',
    'scan_frames',
    'write_actions',
    'write_boxes',
    'write_bytes',
    'write_crop',
    'write_embeddings',
    'write_flow',
    'write_json',
    'write_masks',
    'write_meta',
    'write_pickle',
    'write_pose_views',
    'write_poses',
    'write_poses3d',
    'write_video',
]
