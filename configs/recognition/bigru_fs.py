"""Recognise the jumps of figure skating from embeddings, with all training actions.

For `k` examples of a class, `tools/few_shot.py` runs this config on the few-shot splits.
"""

_base_ = [
    '../_base_/models/bigru.py',
    '../_base_/schedules/recognition_500e.py',
    '../_base_/default_runtime.py',
]

# To override on the command line, name the three dataloaders, or use the options of
# tools/few_shot.py: train_dataloader.dataset.embedding_dir=DIR and so on.
data_root = 'data/fs'
embedding_dir = 'data/fs/embeddings/vpd_r34_motion'

dataset = dict(
    type='EmbeddingSequenceDataset',
    sport=dict(type='FigureSkating', data_root=data_root),
    embedding_dir=embedding_dir,
    normalize=False,
)
train_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(**dataset, split='train'),
)
val_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, split='val', test_mode=True),
)
test_dataloader = dict(
    batch_size=50,
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, split='test', test_mode=True),
)

accuracy = dict(type='AccMetric', metric_options=dict(top_k_accuracy=dict(topk=(1,))))
val_evaluator = [accuracy]
test_evaluator = [accuracy, dict(type='ConfusionMatrix', num_classes=6)]

default_hooks = dict(
    logger=dict(type='LoggerHook', interval=50, ignore_last=True),
    checkpoint=dict(
        type='CheckpointHook',
        interval=-1,
        save_last=False,
        save_best='acc/top1',
        rule='greater',
        save_optimizer=False,
        save_param_scheduler=False,
    ),
)
# A third of the epochs, counted in validations; an equal accuracy is not a better one, so nothing
# comes after a perfect one.
early_stop = dict(
    type='EarlyStoppingHook',
    monitor='acc/top1',
    rule='greater',
    patience=33,
    min_delta=1e-6,
    stopping_threshold=1 - 1e-6,
)
custom_hooks = [early_stop]

# A fifth of the epochs, in one cycle, and half precision: what the configs bigru_fast_*.py take in
# place of the published schedule.
fast = dict(
    train_cfg=dict(max_epochs=100),
    val_cfg=dict(fp16=True),
    optim_wrapper=dict(type='AmpOptimWrapper'),
    param_scheduler=[
        dict(type='OneCycleLR', eta_max=2e-3, pct_start=0.2, convert_to_iter_based=True),
    ],
)
