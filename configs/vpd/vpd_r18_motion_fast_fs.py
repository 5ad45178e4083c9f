# VPD student on a tenth of the paper's frames, under one cycle of the learning rate.
_base_ = './vpd_r18_motion_fs.py'

# 2 million random frames: 20,000 iterations of 100.
train_cfg = dict(max_iters=20000)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(type='OneCycleLR', eta_max=1e-3, total_steps=20000, by_epoch=False),
]
