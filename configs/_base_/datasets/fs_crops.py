# Figure skating crops, with the view-invariant teacher's embeddings as targets.
# See data/README.md for where the files come from.
sport = dict(type='FigureSkating', data_root='data/fs')

pipeline = [
    dict(type='LoadCrop', size=128, use_flow=True),
    dict(type='PackCropInputs'),
]

training_frames = dict(
    type='CropDataset',
    crop_dir='data/fs/crops',
    embedding_dir='data/fs/embeddings/vipe',
    sport=sport,
    protocol='clean',
    min_score=0.5,
    motion=True,
    normalize_target=False,
    val_fraction=0.2,
    pipeline=pipeline,
)

train_dataloader = dict(
    batch_size=100,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(split='train', **training_frames),
)
val_dataloader = dict(
    batch_size=100,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(split='val', max_frames=4000, test_mode=True, **training_frames),
)
# Embedding: every video, with and without labels.
test_dataloader = dict(
    batch_size=100,
    num_workers=4,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='CropDataset',
        crop_dir='data/fs/crops',
        sport=sport,
        split='test',
        pipeline=pipeline,
        test_mode=True,
    ),
)

val_evaluator = [
    dict(type='EmbeddingRegression'),
    dict(type='FewShotCentroid', shots=2, trials=20),
]
test_evaluator = dict(type='EmbeddingWriter', out_dir='data/fs/embeddings/vpd_r18_motion')
