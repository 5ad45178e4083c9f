# Two freely usable motion captures, seen in random projections alone: UTD-MHAD (Kinect, four
# people) and Bandai-Namco (daily motions in 15 styles). tools/data/convert_pose3d.py converts them.
_base_ = 'pose3d.py'

utd_mhad = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/utd_mhad',
    skeleton='kinect20',
    val_people=['s5'],
)
bandai = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/bandai',
    skeleton='bandai27',
    val_people=['masculinity', 'old'],
)

train_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        datasets=[
            dict(samples_per_epoch=10000, **utd_mhad),
            dict(samples_per_epoch=10000, **bandai),
        ],
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        split='val',
        datasets=[
            dict(samples_per_epoch=1000, **utd_mhad),
            dict(samples_per_epoch=1000, **bandai),
        ],
    ),
)
