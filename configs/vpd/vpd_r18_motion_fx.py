# VPD student, ResNet-18, RGB and flow, with motion, floor exercise.
_base_ = './vpd_r18_motion_fs.py'

sport = dict(_delete_=True, type='FineGymFloor', data_root='data/fx')
frames = dict(crop_dir='data/fx/crops', sport=sport)
targets = dict(embedding_dir='data/fx/embeddings/vipe')

model = dict(
    data_preprocessor=dict(
        # Colours of these crops.
        mean=(0.3840, 0.3476, 0.4100),
        std=(0.1951, 0.1898, 0.1989),
    ),
)
train_dataloader = dict(dataset=dict(**frames, **targets))
val_dataloader = dict(dataset=dict(**frames, **targets))
test_dataloader = dict(dataset=frames)
test_evaluator = dict(out_dir='data/fx/embeddings/vpd_r18_motion')
