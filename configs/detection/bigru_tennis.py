"""Detect the swings of both players in tennis matches: a tenth of a second around each."""

_base_ = './bigru_fs.py'

data_root = 'data/tennis'
embedding_dir = 'data/tennis/embeddings/vpd_r34_motion'

data = dict(
    sport=dict(_delete_=True, type='TennisSwings', data_root=data_root),
    embedding_dir=embedding_dir,
    moments=True,
    margin=(0.1, 0.1),
)
train_dataloader = dict(dataset=data)
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)

# The labels are moments: they are scored as such, too, within so many frames.
thresholds = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
test_evaluator = dict(thresholds=thresholds, tolerances=[1, 2, 4])
