"""Recognise the actions of a sport of your own by the nearest training actions."""

_base_ = './dtw_fs.py'

data_root = 'data/custom'  # holds actions.json and embeddings/
embedding_dir = f'{data_root}/embeddings/vpd_r34_motion'
num_classes = 6  # as many as actions.json lists

data = dict(
    sport=dict(_delete_=True, type='CustomSport', data_root=data_root),
    embedding_dir=embedding_dir,
)
model = dict(library=data)
test_dataloader = dict(dataset=data)
test_evaluator = [
    dict(type='AccMetric', metric_options=dict(top_k_accuracy=dict(topk=(1,)))),
    dict(type='ConfusionMatrix', num_classes=num_classes),
]
