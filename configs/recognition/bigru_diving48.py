"""Recognise 48 dives (Diving48 V2) from embeddings, with all training dives.

The epoch is chosen on training recordings that are held out; the published protocol chooses it on
the test set, see bigru_diving48_reference.py.
"""

_base_ = './bigru_fs.py'

data_root = 'data/diving48'
data = dict(
    sport=dict(_delete_=True, type='Diving48', data_root=data_root),
    embedding_dir='data/diving48/embeddings/vpd_r34_motion',
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=48))

# With all training dives 200 epochs are enough; bigru_diving48_fewshot.py has 500, as published.
train_cfg = dict(max_epochs=200)
custom_hooks = [dict(_base_.early_stop, patience=13)]
