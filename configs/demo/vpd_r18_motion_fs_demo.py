"""The figure skating student on the demo data: 15,000 images, for two CPU cores in two minutes."""

_base_ = '../vpd/vpd_r18_motion_fs.py'

training_data = dict(
    crop_dir='data/demo/crops',
    embedding_dir='data/demo/embeddings/vipe',
    sport=dict(data_root='data/demo'),
)
train_dataloader = dict(num_workers=1, dataset=training_data)
val_dataloader = dict(num_workers=1, dataset=dict(max_frames=500, **training_data))
test_dataloader = dict(num_workers=1, dataset=dict(crop_dir='data/demo/crops'))
test_evaluator = dict(out_dir='data/demo/embeddings/vpd_r18_motion')

train_cfg = dict(max_iters=150, val_interval=50)
param_scheduler = [
    dict(type='OneCycleLR', eta_max=2e-3, total_steps=150, by_epoch=False),
]
default_hooks = dict(logger=dict(interval=10), checkpoint=dict(interval=50))
test_cfg = dict(fp16=True)
