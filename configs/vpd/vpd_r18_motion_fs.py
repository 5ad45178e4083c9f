# VPD student, ResNet-18, RGB and flow, with motion, figure skating.
_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/vpd_r18.py',
    '../_base_/datasets/fs_crops.py',
    '../_base_/schedules/vpd_1000e.py',
]

default_hooks = dict(
    logger=dict(log_metric_by_epoch=False),
    checkpoint=dict(
        type='CheckpointHook',
        by_epoch=False,
        interval=200,
        max_keep_ckpts=1,
        save_best='embedding/loss_average',
        rule='less',
    ),
)
log_processor = dict(by_epoch=False)
