# 3D poses seen by two cameras. A whole batch is drawn at once, so that workers gain nothing.
train_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='vpd_mm.pass_batch'),
)
val_dataloader = dict(
    batch_size=100,
    num_workers=0,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='vpd_mm.pass_batch'),
)
val_evaluator = [dict(type='PoseEmbeddingLoss'), dict(type='CrossViewRetrieval')]
