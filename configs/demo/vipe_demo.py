# The 3DPeople teacher on a short schedule, for two CPU cores.
_base_ = '../vipe/vipe_people3d.py'

train_cfg = dict(max_epochs=20)
optim_wrapper = dict(optimizer=dict(lr=5e-4))
param_scheduler = [
    dict(type='CosineAnnealingLR', T_max=20, by_epoch=True, convert_to_iter_based=True),
]
