"""Recognise the jumps of figure skating by the nearest training actions; nothing is trained.

Run it without a checkpoint: `python tools/test.py configs/recognition/dtw_fs.py`.
"""

_base_ = '../_base_/default_runtime.py'

# To override on the command line, name both: model.library.embedding_dir=DIR
# test_dataloader.dataset.embedding_dir=DIR; for k examples model.library.split=train_4_0.
data_root = 'data/fs'
embedding_dir = 'data/fs/embeddings/vpd_r34_motion'

dataset = dict(
    type='EmbeddingSequenceDataset',
    sport=dict(type='FigureSkating', data_root=data_root),
    embedding_dir=embedding_dir,
    normalize=False,
    test_mode=True,
)
model = dict(
    type='DTWNearestNeighbor',
    library=dict(**dataset, split='train'),
    k=1,
    ensemble=True,
    step_pattern='symmetricP2',
    metric='euclidean',
)
test_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, split='test'),
)
test_cfg = dict(type='TestLoop')
test_evaluator = [
    dict(type='AccMetric', metric_options=dict(top_k_accuracy=dict(topk=(1,)))),
    dict(type='ConfusionMatrix', num_classes=6),
]
