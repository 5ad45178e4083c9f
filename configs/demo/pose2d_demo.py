"""The raw 2D poses of the demo data as embeddings."""

_base_ = '../vipe/pose2d.py'

test_dataloader = dict(dataset=dict(pose_dir='data/demo/pose'))
test_evaluator = dict(out_dir='data/demo/embeddings/pose2d')
