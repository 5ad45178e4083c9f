# VIPE teacher on all sets of the paper, which also sees the limbs of the 2D poses.
_base_ = 'vipe_all.py'

model = dict(backbone=dict(in_channels=75))
train_dataloader = dict(dataset=dict(bones=True))
val_dataloader = dict(dataset=dict(bones=True))
test_dataloader = dict(dataset=dict(bones=True))
