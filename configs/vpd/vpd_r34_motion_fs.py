# VPD student as in the paper: ResNet-34, RGB and flow, with motion, figure skating.
_base_ = './vpd_r18_motion_fs.py'

model = dict(backbone=dict(depth=34))
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_r34_motion')
