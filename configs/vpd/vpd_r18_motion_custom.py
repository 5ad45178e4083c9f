# VPD student on videos of your own; change `data_root`. Its crops/ and embeddings/vipe/ come from
# the preparation tools (data/README.md), its labels and splits from actions.json.
_base_ = './vpd_r18_motion_fs.py'

data_root = 'data/my_sport'
sport = dict(_delete_=True, type='CustomSport', data_root=data_root)
frames = dict(crop_dir=f'{data_root}/crops', sport=sport)
targets = dict(embedding_dir=f'{data_root}/embeddings/vipe')

# Colours of ImageNet; measure those of your crops if they look quite different.
model = dict(
    data_preprocessor=dict(
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
    ),
)
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir=f'{data_root}/embeddings/vpd_r18_motion')
