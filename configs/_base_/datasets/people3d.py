# 3DPeople in the published layout. A whole batch is drawn at once, so that workers gain nothing.
people3d = dict(
    type='MultiViewPoseDataset',
    data_root='data/pose3d/people3d',
    skeleton='people3d',
    val_people=[
        *('man01', 'man02', 'man03', 'man04'),
        *('woman01', 'woman02', 'woman03', 'woman04'),
    ],
    projection_prob=0.5,
    flip_prob=0.5,
)

train_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='vpd_mm.pass_batch'),
    dataset=dict(split='train', samples_per_epoch=5000, **people3d),
)
val_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='vpd_mm.pass_batch'),
    dataset=dict(split='val', samples_per_epoch=500, **people3d),
)
val_evaluator = [dict(type='PoseEmbeddingLoss'), dict(type='CrossViewRetrieval')]
