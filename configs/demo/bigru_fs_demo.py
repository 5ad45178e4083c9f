"""The recogniser of figure skating on the demo data, on a short schedule for two CPU cores."""

_base_ = '../recognition/bigru_fs.py'

data = dict(sport=dict(data_root='data/demo'), embedding_dir='data/demo/embeddings/vpd_r18_motion')
train_dataloader = dict(batch_size=16, dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)

train_cfg = dict(max_epochs=30, val_begin=3, val_interval=3)
val_cfg = dict(fp16=True)
optim_wrapper = dict(type='AmpOptimWrapper')
param_scheduler = [dict(type='CosineRestarts', restarts=2, convert_to_iter_based=True)]
custom_hooks = []  # no early stop
