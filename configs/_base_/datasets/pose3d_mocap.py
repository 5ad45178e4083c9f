# Two freely usable motion captures, seen in random projections alone: UTD-MHAD (Kinect, four
# people) and Bandai-Namco (styled motions). Convert them by tools/data/convert_pose3d.py.
_base_ = 'pose3d.py'

utd_mhad = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/utd_mhad',
    skeleton='kinect20',
    val_people=['s5'],
)
bandai = dict(type='MultiViewPoseDataset', data_root='data/pose3d/bandai', skeleton='bandai27')

train_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        datasets=[
            dict(samples_per_epoch=10000, **utd_mhad),
            dict(samples_per_epoch=10000, **bandai),
        ],
    ),
)
val_dataloader = dict(dataset=dict(split='val', samples_per_epoch=2000, **utd_mhad))
