"""Recognise the actions of a sport of your own, described by `actions.json`."""

_base_ = './bigru_fs.py'

data_root = 'data/custom'  # holds actions.json and embeddings/
embedding_dir = f'{data_root}/embeddings/vpd_r34_motion'
num_classes = 6  # as many as actions.json lists; tools/few_shot.py counts them itself

data = dict(
    sport=dict(_delete_=True, type='CustomSport', data_root=data_root),
    embedding_dir=embedding_dir,
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=num_classes))
