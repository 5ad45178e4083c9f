# VPD student as in the paper: ResNet-34, RGB and flow, with motion, floor exercise.
_base_ = './vpd_r18_motion_fx.py'

model = dict(backbone=dict(depth=34))
test_evaluator = dict(out_dir='data/fx/embeddings/vpd_r34_motion')
