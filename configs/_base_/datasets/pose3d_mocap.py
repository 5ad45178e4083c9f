# Two freely usable motion captures, seen in random projections alone: UTD-MHAD (Kinect, four
# people) and Bandai-Namco (styled motions). Convert them by tools/data/convert_pose3d.py.
utd_mhad = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/utd_mhad',
    skeleton='kinect20',
    val_people=['s5'],
)
bandai = dict(type='MultiViewPoseDataset', data_root='data/pose3d/bandai', skeleton='bandai27')

train_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='vpd_mm.pass_batch'),
    dataset=dict(
        type='JointPoseDataset',
        datasets=[
            dict(samples_per_epoch=10000, **utd_mhad),
            dict(samples_per_epoch=10000, **bandai),
        ],
    ),
)
val_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='vpd_mm.pass_batch'),
    dataset=dict(split='val', samples_per_epoch=2000, **utd_mhad),
)
val_evaluator = [dict(type='PoseEmbeddingLoss'), dict(type='CrossViewRetrieval')]
