"""Recognise seven strokes of tennis from embeddings."""

_base_ = './bigru_fs.py'

data_root = 'data/tennis'
data = dict(
    sport=dict(_delete_=True, type='Tennis', data_root=data_root),
    embedding_dir='data/tennis/embeddings/vpd_r34_motion',
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=7))
