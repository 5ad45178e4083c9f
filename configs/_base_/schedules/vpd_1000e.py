# 1000 epochs of 20,000 random frames: 200 iterations of 100 frames each.
train_cfg = dict(type='IterBasedTrainLoop', max_iters=200000, val_interval=200)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

# The paper steps on the loss summed over a batch of 100; here it is the loss of an image. AdamW
# takes the same steps when eps is 1e-8 divided by 100.
optim_wrapper = dict(
    type='AmpOptimWrapper',
    optimizer=dict(type='AdamW', lr=5e-4, eps=1e-10, fused=True),
)
param_scheduler = []

# The best epoch is the one whose mean validation loss over five epochs is least.
custom_hooks = [
    dict(type='MovingAverageHook', key='embedding/loss', window=5),
    dict(type='FastResumeHook'),
]
