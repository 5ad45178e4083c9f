"""The recogniser of figure skating on the demo data: the same in all but its schedule."""

_base_ = '../recognition/bigru_fs.py'

train_cfg = dict(max_epochs=60, val_begin=2, val_interval=2)
custom_hooks = [
    dict(type='EarlyStoppingHook', monitor='acc/top1', rule='greater', patience=10, min_delta=1e-6)
]
