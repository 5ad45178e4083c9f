"""Recognise the 15 actions of Penn Action from embeddings.

The epoch is chosen on training clips that are held out, as nothing is published to validate with.
"""

_base_ = './bigru_fs.py'

data_root = 'data/penn'
data = dict(
    sport=dict(_delete_=True, type='PennAction', data_root=data_root),
    embedding_dir='data/penn/embeddings/vpd_r34_motion',
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=15))
