"""Find the dives (Diving48 V2) that are like a test dive; only these are queries, as published."""

_base_ = './retrieval_fs.py'

data_root = 'data/diving48'

test_dataloader = dict(
    dataset=dict(
        sport=dict(_delete_=True, type='Diving48', data_root=data_root),
        embedding_dir='data/diving48/embeddings/vpd_r34_motion',
    )
)
test_evaluator = dict(query_split='test')
