# VPD student with torchvision's ConvNeXt-T in place of a ResNet; needs the extra `pose`.
# Any network of torchvision or timm can stand there: `name='timm.vit_small_patch16_224'`.
_base_ = './vpd_r18_motion_fs.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='ImageBackbone',
        name='torchvision.convnext_tiny',
        in_channels=5,
    ),
    head=dict(in_channels=768),
)
test_evaluator = dict(out_dir='data/fs/embeddings/vpd_convnext_tiny_motion')
