"""The figure skating student on the demo data: crops of 64 pixels, 51,200 images, two CPU cores."""

_base_ = '../vpd/vpd_r18_motion_fs.py'

training_data = dict(
    crop_dir='data/demo/crops',
    embedding_dir='data/demo/embeddings/vipe',
    sport=dict(data_root='data/demo'),
    pipeline=[dict(type='LoadCrop', size=64, use_flow=True), dict(type='PackCropInputs')],
)
train_dataloader = dict(batch_size=64, num_workers=1, dataset=training_data)
val_dataloader = dict(num_workers=1, dataset=dict(max_frames=500, **training_data))
test_dataloader = dict(
    num_workers=1,
    dataset=dict(crop_dir='data/demo/crops', pipeline=training_data['pipeline']),
)
test_evaluator = dict(out_dir='data/demo/embeddings/vpd_r18_motion')

train_cfg = dict(max_iters=800, val_interval=200)
optim_wrapper = dict(optimizer=dict(eps=1.6e-10))  # 1e-8 divided by the batch size
param_scheduler = [
    dict(type='OneCycleLR', eta_max=1e-3, total_steps=800, by_epoch=False),
]
default_hooks = dict(logger=dict(interval=50), checkpoint=dict(interval=200))
test_cfg = dict(fp16=True)
