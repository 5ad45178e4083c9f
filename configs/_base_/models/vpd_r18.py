# Student of Video Pose Distillation (Hong et al., ICCV 2021): ResNet over RGB and flow.
model = dict(
    type='VPDEmbedder',
    data_preprocessor=dict(
        type='CropDataPreprocessor',
        # Colours of the figure skating crops.
        mean=(0.5748, 0.5644, 0.6334),
        std=(0.2135, 0.2183, 0.2039),
        scale=(0.5, 1.0),
        ratio=(0.9, 1.1),
        flip_prob=0.5,
        brightness=0.2,
        contrast=0.2,
        saturation=0.05,
        hue=0.05,
        noise_prob=0.5,
        noise_variance=0.05,
    ),
    backbone=dict(type='RGBFlowResNet', depth=18, in_channels=5),
    head=dict(type='EmbeddingHead', in_channels=512, embedding_dim=32),
    motion_head=dict(type='MotionHead', embedding_dim=32, hidden_dim=128),
    loss=dict(type='SquaredErrorLoss'),
)
