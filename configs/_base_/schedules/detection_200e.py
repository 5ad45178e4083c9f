train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200, val_begin=25, val_interval=1)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3, weight_decay=1e-2))
# The first of the cycles is a tenth of the epochs.
param_scheduler = [
    dict(type='CosineRestarts', restarts=10, convert_to_iter_based=True),
    dict(type='CosineRestartsWeightDecay', restarts=10, convert_to_iter_based=True),
]
