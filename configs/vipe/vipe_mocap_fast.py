# VIPE teacher on free motion capture in 20 epochs: a one-cycle rate, and every pose of a batch is a
# negative of every other. It is chosen by retrieval, which the contrast is for.
_base_ = 'vipe_mocap.py'

model = dict(loss_contrast=dict(type='InBatchContrastiveLoss', temperature=0.2, weight=1.0))

train_cfg = dict(max_epochs=20)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = [
    dict(
        type='OneCycleLR',
        eta_max=1e-3,
        total_steps=20,
        pct_start=0.2,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
default_hooks = dict(
    checkpoint=dict(interval=5, save_best='cross_view/top1', rule='greater'),
)
