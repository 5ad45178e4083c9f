"""As bigru_fs.py, with an LSTM."""

_base_ = './bigru_fs.py'

model = dict(backbone=dict(cell='lstm'))
