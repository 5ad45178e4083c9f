"""As bigru_fs.py, with attention over time; the final states of the GRU ask for what matters."""

_base_ = './bigru_fs.py'

# The states: 2 layers x 2 directions x 128.
model = dict(cls_head=dict(pooling='attention', state_channels=512))
