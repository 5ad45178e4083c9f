# 2D poses of the figure skating videos, which the trained teacher embeds.
test_dataloader = dict(
    batch_size=16,
    num_workers=2,
    persistent_workers=False,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='PoseSequenceDataset', pose_dir='data/fs/pose'),
)
test_evaluator = dict(type='EmbeddingWriter', out_dir='data/fs/embeddings/vipe')
test_cfg = dict(type='TestLoop')
