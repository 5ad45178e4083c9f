"""Find the actions of figure skating that are like another one; nothing is trained.

Every jump is a query, all others are ranked by dynamic time warping of their embeddings. Run it
without a checkpoint: `python tools/test.py configs/retrieval/retrieval_fs.py`.
"""

_base_ = '../_base_/default_runtime.py'

data_root = 'data/fs'
embedding_dir = 'data/fs/embeddings/vpd_r34_motion'

model = dict(type='StoredEmbedder')
test_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='EmbeddingSequenceDataset',
        sport=dict(type='FigureSkating', data_root=data_root),
        embedding_dir=embedding_dir,
        split='all',
        normalize=False,
        test_mode=True,
    ),
)
test_cfg = dict(type='TestLoop')
test_evaluator = dict(
    type='RetrievalMetric',
    k=(1, 10, 25, 50),
    query_split=None,
    step_pattern='symmetricP2',
    metric='euclidean',
)
