# VPD student, ResNet-50, RGB and flow, with motion, figure skating.
_base_ = './vpd_r18_motion_fs.py'

model = dict(backbone=dict(depth=50), head=dict(in_channels=2048))
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_r50_motion')
