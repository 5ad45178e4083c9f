"""Find the clips of Penn Action that show the same action as another one."""

_base_ = './retrieval_fs.py'

data_root = 'data/penn'

test_dataloader = dict(
    dataset=dict(
        sport=dict(_delete_=True, type='PennAction', data_root=data_root),
        embedding_dir='data/penn/embeddings/vpd_r34_motion',
    )
)
