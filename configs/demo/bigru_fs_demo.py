"""The recogniser of figure skating on the demo data, on a short schedule for two CPU cores."""

_base_ = '../recognition/bigru_fs.py'

data = dict(sport=dict(data_root='data/demo'), embedding_dir='data/demo/embeddings/vpd_r18_motion')
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)

train_cfg = dict(max_epochs=60, val_begin=2, val_interval=2)
custom_hooks = [
    dict(type='EarlyStoppingHook', monitor='acc/top1', rule='greater', patience=10, min_delta=1e-6)
]
