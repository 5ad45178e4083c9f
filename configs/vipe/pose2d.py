# The raw 2D pose as the embedding: nothing is trained, `tools/embed.py` needs no checkpoint.
_base_ = ['../_base_/default_runtime.py', '../_base_/datasets/fs_poses.py']

model = dict(type='Pose2DEmbedder')
test_dataloader = dict(dataset=dict(per_frame='first'))
test_evaluator = dict(out_dir='data/fs/embeddings/pose2d')
