# VIPE, the teacher of Video Pose Distillation (Hong et al., ICCV 2021).
model = dict(
    type='VIPEEmbedder',
    backbone=dict(
        type='ResidualMLP',
        in_channels=39,
        out_channels=32,
        hidden_channels=1024,
        num_blocks=2,
        dropout=0.2,
    ),
    head=dict(
        type='PoseLiftingHead',
        num_bones=dict(people3d=24),
        embedding_dim=32,
        hidden_channels=512,
        num_layers=2,
    ),
    loss_view=dict(type='ViewContrastiveLoss'),
    loss_negative=dict(type='NegativeMarginLoss', margin=1.0),
    loss_lifting=dict(type='PoseLiftingLoss', weight=1.0),
)
