"""Detect the actions of a sport of your own, described by `actions.json`: when, and which."""

_base_ = './bigru_fs.py'

data_root = 'data/custom'  # holds actions.json and embeddings/
embedding_dir = f'{data_root}/embeddings/vpd_r34_motion'
num_classes = 6  # as many as actions.json lists; tools/detect_few_shot.py counts them itself

data = dict(
    sport=dict(_delete_=True, type='CustomSport', data_root=data_root),
    embedding_dir=embedding_dir,
    class_agnostic=False,
)
# Half of the windows are drawn about an action, those of a rare class as often as all others.
train_dataloader = dict(dataset=dict(**data, action_share=0.5))
val_dataloader = dict(dataset=data)
test_dataloader = dict(dataset=data)
model = dict(cls_head=dict(num_classes=num_classes))

# Set `clamp=False` for both evaluators where the actions of a class differ much in length.
test_evaluator = dict(thresholds=None)

# What counts is to find the actions, of which most frames have none.
default_hooks = dict(checkpoint=dict(save_best='detection/map'))
custom_hooks = [
    dict(
        type='EarlyStoppingHook',
        monitor='detection/map',
        rule='greater',
        patience=50,
        min_delta=1e-6,
    )
]
