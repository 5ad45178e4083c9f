"""As bigru_fs.py, with convolutions over 3, 5 and 7 frames in place of the recurrent network."""

_base_ = './bigru_fs.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='TemporalCNN',
        in_channels=32,
        hidden_channels=128,
        kernel_sizes=(3, 5, 7),
    ),
    cls_head=dict(in_channels=384, hidden_channels=128, batch_norm=False),
)
