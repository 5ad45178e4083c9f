"""Detect the elements of floor exercises: when, not which."""

_base_ = './bigru_fs.py'

data_root = 'data/fx'
embedding_dir = 'data/fx/embeddings/vpd_r34_motion'

data = dict(
    sport=dict(_delete_=True, type='FineGymFloor', data_root=data_root),
    embedding_dir=embedding_dir,
    margin=(0.2, 0.1),
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
