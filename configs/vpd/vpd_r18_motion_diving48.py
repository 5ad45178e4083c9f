# VPD student, ResNet-18, RGB and flow, with motion, diving.
_base_ = './vpd_r18_motion_fs.py'

sport = dict(_delete_=True, type='Diving48', data_root='data/diving48')
frames = dict(crop_dir='data/diving48/crops', sport=sport)
targets = dict(embedding_dir='data/diving48/embeddings/vipe')

model = dict(
    data_preprocessor=dict(
        # Colours of these crops.
        mean=(0.3411, 0.4635, 0.5162),
        std=(0.1630, 0.1709, 0.1927),
    ),
)
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir='data/diving48/embeddings/vpd_r18_motion')
