"""Find the elements of the floor exercise (FineGym) that are like another one."""

_base_ = './retrieval_fs.py'

data_root = 'data/fx'

test_dataloader = dict(
    dataset=dict(
        sport=dict(_delete_=True, type='FineGymFloor', data_root=data_root),
        embedding_dir='data/fx/embeddings/vpd_r34_motion',
    )
)
