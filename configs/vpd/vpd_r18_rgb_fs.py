# VPD student, ResNet-18, RGB alone, without motion, figure skating.
_base_ = './vpd_r18_rgb_motion_fs.py'

model = dict(motion_head=None)
train_dataloader = dict(dataset=dict(motion=False))
val_dataloader = dict(dataset=dict(motion=False))
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_r18_rgb')
