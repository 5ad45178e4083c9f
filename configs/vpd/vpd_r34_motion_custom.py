# VPD student as in the paper, ResNet-34, on videos of your own; change `data_root` here.
_base_ = './vpd_r18_motion_custom.py'

data_root = 'data/my_sport'
sport = dict(data_root=data_root)
frames = dict(crop_dir=f'{data_root}/crops', sport=sport)
targets = dict(embedding_dir=f'{data_root}/embeddings/vipe')

model = dict(backbone=dict(depth=34))
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir=f'{data_root}/embeddings/vpd_r34_motion')
