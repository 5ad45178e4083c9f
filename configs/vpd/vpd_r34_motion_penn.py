# VPD student as in the paper: ResNet-34, RGB and flow, with motion, Penn Action.
_base_ = './vpd_r18_motion_penn.py'

model = dict(backbone=dict(depth=34))
test_evaluator = dict(out_dir='data/penn/embeddings/vpd_r34_motion')
