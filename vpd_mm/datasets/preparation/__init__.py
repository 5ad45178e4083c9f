from .crops import (
    corner_boxes,
    cut,
    cut_resized,
    pad_boxes,
    paste_mask,
    previous_frame_gap,
    smooth_boxes,
    square_boxes,
)
from .extraction import (
    CropSettings,
    best_masks,
    crop_windows,
    extract_crops,
    extract_flow,
    iter_crops,
)
from .jobs import available_cpus, exit_with_failures, find_jobs, map_videos
from .optical_flow import DisFlow, RaftFlow, build_flow, default_flow_method, dis_flow

__all__ = [
    'CropSettings',
    'DisFlow',
    'RaftFlow',
    'available_cpus',
    'best_masks',
    'build_flow',
    'corner_boxes',
    'crop_windows',
    'cut',
    'cut_resized',
    'default_flow_method',
    'dis_flow',
    'exit_with_failures',
    'extract_crops',
    'extract_flow',
    'find_jobs',
    'iter_crops',
    'map_videos',
    'pad_boxes',
    'paste_mask',
    'previous_frame_gap',
    'smooth_boxes',
    'square_boxes',
]
