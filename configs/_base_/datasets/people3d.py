# 3DPeople in the published layout.
_base_ = 'pose3d.py'

people3d = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/people3d',
    skeleton='people3d',
    val_people=[
        *('man01', 'man02', 'man03', 'man04'),
        *('woman01', 'woman02', 'woman03', 'woman04'),
    ],
)
train_dataloader = dict(dataset=dict(split='train', samples_per_epoch=5000, **people3d))
val_dataloader = dict(dataset=dict(split='val', samples_per_epoch=500, **people3d))
