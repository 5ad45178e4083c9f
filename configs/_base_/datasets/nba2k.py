# NBA2K in the published layout; no one of it validates.
_base_ = 'pose3d.py'

train_dataloader = dict(
    dataset=dict(
        type='MultiViewPoseDataset',
        data_root='data/pose3d/nba2k',
        skeleton='nba2k',
        samples_per_epoch=5000,
    ),
)
