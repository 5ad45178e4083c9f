# VIPE teacher on motion capture that is free to download.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vipe.py',
    '../_base_/datasets/pose3d_mocap.py',
    '../_base_/datasets/fs_poses.py',
    '../_base_/schedules/vipe_500e.py',
]

model = dict(head=dict(num_bones=dict(_delete_=True, kinect20=19, bandai27=20)))

default_hooks = dict(
    checkpoint=dict(interval=10, save_best='vipe/loss', rule='less'),
)
