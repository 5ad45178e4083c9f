"""The same on the published protocol, whose epoch is chosen on the test set: to compare only."""

_base_ = './bigru_fx.py'

data = dict(sport=dict(protocol='reference'))
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
