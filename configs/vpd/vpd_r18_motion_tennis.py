# VPD student, ResNet-18, RGB and flow, with motion, tennis.
_base_ = './vpd_r18_motion_fs.py'

sport = dict(_delete_=True, type='Tennis', data_root='data/tennis')
frames = dict(crop_dir='data/tennis/crops', sport=sport)
targets = dict(embedding_dir='data/tennis/embeddings/vipe')

model = dict(
    data_preprocessor=dict(
        # Colours of these crops.
        mean=(0.4416, 0.4703, 0.4534),
        std=(0.1353, 0.1208, 0.1262),
    ),
)
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir='data/tennis/embeddings/vpd_r18_motion')
