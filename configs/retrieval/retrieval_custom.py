"""Find the actions of a sport of your own that are like another one."""

_base_ = './retrieval_fs.py'

data_root = 'data/custom'  # holds actions.json and embeddings/

test_dataloader = dict(
    dataset=dict(
        sport=dict(_delete_=True, type='CustomSport', data_root=data_root),
        embedding_dir=f'{data_root}/embeddings/vpd_r34_motion',
    )
)
