# The figure skating student on a short schedule: 20,000 images, for two CPU cores in two minutes.
_base_ = '../vpd/vpd_r18_motion_fs.py'

train_dataloader = dict(batch_size=50, num_workers=1)
val_dataloader = dict(num_workers=1, dataset=dict(max_frames=400))
test_dataloader = dict(num_workers=1)

train_cfg = dict(max_iters=400, val_interval=200)
optim_wrapper = dict(optimizer=dict(eps=2e-10))
param_scheduler = [
    dict(type='OneCycleLR', eta_max=1e-3, total_steps=400, by_epoch=False),
]
default_hooks = dict(checkpoint=dict(interval=200))
