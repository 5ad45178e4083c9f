# VPD student, ResNet-18, RGB and flow, with motion, Penn Action.
_base_ = './vpd_r18_motion_fs.py'

sport = dict(_delete_=True, type='PennAction', data_root='data/penn')
frames = dict(crop_dir='data/penn/crops', sport=sport)
targets = dict(embedding_dir='data/penn/embeddings/vipe')

model = dict(
    data_preprocessor=dict(
        # Colours of these crops.
        mean=(0.4326, 0.4294, 0.3835),
        std=(0.1894, 0.1850, 0.1824),
    ),
)
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir='data/penn/embeddings/vpd_r18_motion')
