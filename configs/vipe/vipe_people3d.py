# VIPE teacher on 3DPeople.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vipe.py',
    '../_base_/datasets/people3d.py',
    '../_base_/datasets/fs_poses.py',
    '../_base_/schedules/vipe_500e.py',
]

default_hooks = dict(
    checkpoint=dict(interval=10, save_best='vipe/loss', rule='less'),
)
