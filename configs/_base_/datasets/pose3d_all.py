# The paper's sets jointly, in the published layout: every batch holds a part of each.
_base_ = 'pose3d.py'

people3d = dict(
    data_root='data/pose3d/people3d',
    skeleton='people3d',
    val_people=[
        *('man01', 'man02', 'man03', 'man04'),
        *('woman01', 'woman02', 'woman03', 'woman04'),
    ],
)
human36m = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/human36m',
    skeleton='human36m',
    layout='human36m',
    val_people=['S9', 'S11'],
)
amass = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/amass',
    skeleton='amass',
    frame_stride=25,
    val_people=['EyesJapanDataset'],
    weights=dict(MPIHDM05=10, MPILimits=10, MPImosh=10),
)
# No one of NBA2K validates.
nba2k = dict(type='MultiViewPoseDataset', data_root='data/pose3d/nba2k', skeleton='nba2k')

train_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        datasets=[
            dict(samples_per_epoch=20000, **human36m),
            dict(samples_per_epoch=20000, **amass),
            dict(samples_per_epoch=5000, **nba2k),
            dict(type='MultiViewPoseDataset', samples_per_epoch=5000, **people3d),
            # Two people in the same frame of one of the 70 actions, 20 samples an action.
            dict(type='PersonPairDataset', samples_per_epoch=1400, **people3d),
        ],
    ),
)
val_dataloader = dict(
    dataset=dict(
        type='JointPoseDataset',
        split='val',
        datasets=[
            dict(samples_per_epoch=2000, **human36m),
            dict(samples_per_epoch=2000, **amass),
            dict(type='MultiViewPoseDataset', samples_per_epoch=500, **people3d),
        ],
    ),
)
