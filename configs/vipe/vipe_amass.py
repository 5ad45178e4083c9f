# VIPE teacher on AMASS.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vipe.py',
    '../_base_/datasets/amass.py',
    '../_base_/datasets/fs_poses.py',
    '../_base_/schedules/vipe_500e.py',
]

model = dict(head=dict(num_bones=dict(_delete_=True, amass=21)))

default_hooks = dict(
    checkpoint=dict(interval=10, save_best='vipe/loss', rule='less'),
)
