"""The 3DPeople teacher on the demo data, on a short schedule for two CPU cores."""

_base_ = '../vipe/vipe_people3d.py'

poses = dict(data_root='data/demo/pose3d/people3d')
train_dataloader = dict(dataset=poses)
val_dataloader = dict(dataset=poses)
test_dataloader = dict(dataset=dict(pose_dir='data/demo/pose'))
test_evaluator = dict(out_dir='data/demo/embeddings/vipe')

train_cfg = dict(max_epochs=20)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [
    dict(type='CosineAnnealingLR', T_max=20, by_epoch=True, convert_to_iter_based=True),
]
