"""Find the strokes of tennis that are like another one."""

_base_ = './retrieval_fs.py'

data_root = 'data/tennis'

test_dataloader = dict(
    dataset=dict(
        sport=dict(_delete_=True, type='Tennis', data_root=data_root),
        embedding_dir='data/tennis/embeddings/vpd_r34_motion',
    )
)
