# VPD student, ResNet-18, RGB alone, with motion, figure skating; its crops need no flow.
_base_ = './vpd_r18_motion_fs.py'

pipeline = [
    dict(type='LoadCrop', size=128, use_flow=False),
    dict(type='PackCropInputs'),
]
frames = dict(use_flow=False, pipeline=pipeline)

model = dict(backbone=dict(in_channels=3))
train_dataloader = dict(dataset=frames)
val_dataloader = dict(dataset=frames)
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_r18_rgb_motion')
