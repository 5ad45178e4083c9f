# 2D-VPD, ResNet-34, figure skating: the teacher is the normalised 2D pose itself, 13 points.
_base_ = './vpd_r34_motion_fs.py'

model = dict(
    head=dict(embedding_dim=26),
    motion_head=dict(embedding_dim=26),
)
train_dataloader = dict(dataset=dict(embedding_dir='data/fs/embeddings/pose2d'))
val_dataloader = dict(dataset=dict(embedding_dir='data/fs/embeddings/pose2d'))
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_r34_motion_pose2d')
