"""Detect the swings of the player in the front of the picture."""

_base_ = './bigru_tennis.py'

data = dict(prefix='front__')
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
