"""Recognise dives from few examples, by tools/few_shot.py: 500 epochs."""

_base_ = './bigru_diving48.py'

train_cfg = dict(max_epochs=500)
custom_hooks = [_base_.early_stop]
