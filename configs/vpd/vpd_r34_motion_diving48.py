# VPD student as in the paper: ResNet-34, RGB and flow, with motion, diving.
_base_ = './vpd_r18_motion_diving48.py'

model = dict(backbone=dict(depth=34))
test_evaluator = dict(out_dir='data/diving48/embeddings/vpd_r34_motion')
