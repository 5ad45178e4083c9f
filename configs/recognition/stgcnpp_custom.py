"""Recognise the actions of a sport of your own from 2D poses by MMAction2's ST-GCN++, to compare.

tools/convert/to_mmaction_skeleton.py writes the poses. The network and the rate per sample are
those of MMAction2's stgcnpp_8xb16-joint-u100-80e; clips have 48 frames, of one person, and are
mirrored every other time.
"""

_base_ = '../_base_/default_runtime.py'

annotations = 'data/custom/skeletons.pkl'
num_classes = 6  # as many as actions.json lists
max_epochs = 60

model = dict(
    type='RecognizerGCN',
    backbone=dict(
        type='STGCN',
        gcn_adaptive='init',
        gcn_with_res=True,
        tcn_type='mstcn',
        graph_cfg=dict(layout='coco', mode='spatial'),
    ),
    cls_head=dict(type='GCNHead', num_classes=num_classes, in_channels=256),
)

mirror = dict(
    type='Flip',
    left_kp=[1, 3, 5, 7, 9, 11, 13, 15],
    right_kp=[2, 4, 6, 8, 10, 12, 14, 16],
)
features = [dict(type='PreNormalize2D'), dict(type='GenSkeFeat', dataset='coco', feats=['j'])]
packing = [
    dict(type='PoseDecode'),
    dict(type='FormatGCNInput', num_person=1),
    dict(type='PackActionInputs'),
]
clip = dict(type='UniformSampleFrames', clip_len=48)
train_pipeline = [mirror, *features, clip, *packing]
val_pipeline = [*features, dict(clip, test_mode=True), *packing]
test_pipeline = [*features, dict(clip, num_clips=10, test_mode=True), *packing]

dataset = dict(type='PoseDataset', ann_file=annotations)
train_dataloader = dict(
    batch_size=16,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(**dataset, split='train', pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=32,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, split='val', pipeline=val_pipeline, test_mode=True),
)
test_dataloader = dict(
    batch_size=8,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, split='test', pipeline=test_pipeline, test_mode=True),
)
val_evaluator = test_evaluator = [dict(type='AccMetric')]

train_cfg = dict(
    type='EpochBasedTrainLoop',
    max_epochs=max_epochs,
    val_begin=max_epochs // 3,
    val_interval=max_epochs // 10,
)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.0125, momentum=0.9, weight_decay=5e-4, nesterov=True),
)
param_scheduler = [dict(type='CosineAnnealingLR', eta_min=0, convert_to_iter_based=True)]
default_hooks = dict(
    checkpoint=dict(
        type='CheckpointHook', interval=-1, save_last=False, save_best='acc/top1', rule='greater'
    ),
)
