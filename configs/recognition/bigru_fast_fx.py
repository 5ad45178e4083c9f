"""As bigru_fx.py, trained in a fraction of the time."""

_base_ = './bigru_fx.py'

train_cfg = _base_.fast.train_cfg
val_cfg = _base_.fast.val_cfg
optim_wrapper = _base_.fast.optim_wrapper
param_scheduler = _base_.fast.param_scheduler
custom_hooks = []
