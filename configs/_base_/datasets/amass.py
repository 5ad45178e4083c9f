# AMASS in the published layout, one of whose data sets validates.
_base_ = 'pose3d.py'

amass = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/amass',
    skeleton='amass',
    frame_stride=25,
    val_people=['EyesJapanDataset'],
    weights=dict(MPIHDM05=10, MPILimits=10, MPImosh=10),
)
train_dataloader = dict(dataset=dict(split='train', samples_per_epoch=20000, **amass))
val_dataloader = dict(dataset=dict(split='val', samples_per_epoch=2000, **amass))
