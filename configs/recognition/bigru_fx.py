"""Recognise 35 elements of the floor exercise from embeddings.

The epoch is chosen on training recordings that are held out; the published protocol chooses it on
the test set, see bigru_fx_reference.py.
"""

_base_ = './bigru_fs.py'

data_root = 'data/fx'
data = dict(
    sport=dict(_delete_=True, type='FineGymFloor', data_root=data_root),
    embedding_dir='data/fx/embeddings/vpd_r34_motion',
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=35))
