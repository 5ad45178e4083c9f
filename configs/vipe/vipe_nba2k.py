# VIPE teacher on NBA2K.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vipe.py',
    '../_base_/datasets/nba2k.py',
    '../_base_/datasets/fs_poses.py',
    '../_base_/schedules/vipe_500e.py',
]

model = dict(head=dict(num_bones=dict(_delete_=True, nba2k=24)))

# No one of the set validates: the last checkpoint is the result.
val_cfg = None
val_dataloader = None
val_evaluator = None
default_hooks = dict(
    checkpoint=dict(interval=10, save_best=None),
)
