# VIPE teacher on all sets of the paper.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vipe.py',
    '../_base_/datasets/pose3d_all.py',
    '../_base_/datasets/fs_poses.py',
    '../_base_/schedules/vipe_500e.py',
]

model = dict(head=dict(num_bones=dict(human36m=20, amass=21, nba2k=24, people3d=24)))

default_hooks = dict(
    checkpoint=dict(interval=10, save_best='vipe/loss', rule='less'),
)
