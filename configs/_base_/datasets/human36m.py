# Human3.6M in the published layout.
_base_ = 'pose3d.py'

human36m = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/human36m',
    skeleton='human36m',
    layout='human36m',
    val_people=['S9', 'S11'],
)
train_dataloader = dict(dataset=dict(split='train', samples_per_epoch=20000, **human36m))
val_dataloader = dict(dataset=dict(split='val', samples_per_epoch=2000, **human36m))
