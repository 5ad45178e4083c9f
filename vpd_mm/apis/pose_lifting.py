"""What a teacher's lifting head makes of the sets of its config."""

from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import load_checkpoint

from vpd_mm.datasets import MultiViewPoseDataset
from vpd_mm.datasets.pose_sampling import see_poses
from vpd_mm.models.embedders import VIPEEmbedder
from vpd_mm.registry import DATASETS, MODELS
from vpd_mm.skeletons import normalize_pose2d
from vpd_mm.visualization.pose_lifting import LiftedPoses, compare_lifted


def load_teacher(cfg: Config, checkpoint: str | Path) -> VIPEEmbedder:
    """Build the teacher of a config and load its checkpoint.

    Raises:
        FileNotFoundError: There is no such checkpoint.
        ValueError: Its weights are not those of the config's model, or that is no teacher.
    """
    if not Path(checkpoint).is_file():
        raise FileNotFoundError(f'{checkpoint}: there is no such checkpoint; train it first.')
    model = MODELS.build(cfg.model).eval()
    if not isinstance(model, VIPEEmbedder):
        raise ValueError(f'the config has a {type(model).__name__}; name one of a VIPEEmbedder')
    try:
        load_checkpoint(model, str(checkpoint), map_location='cpu', strict=True)
    except RuntimeError as error:
        reasons = ' '.join(str(error).split())
        raise ValueError(
            f"{checkpoint}: its weights do not fit the config's model ({reasons:.200}); choose "
            'the config that it was trained by'
        ) from error
    return model


def lifted_sets(cfg: Config, model: VIPEEmbedder) -> list[MultiViewPoseDataset]:
    """The sets of a config that a teacher can lift: validation splits where there are any.

    Raises:
        ValueError: There is none.
    """
    known = [] if model.head is None else list(model.head.fc)
    found = {}
    for loader in ('val_dataloader', 'train_dataloader'):
        if loader in cfg:
            dataset = DATASETS.build(dict(cfg[loader].dataset, lazy_init=True))
            for part in getattr(dataset, 'datasets', [dataset]):
                found.setdefault(part.set_name, part)
    sets = [found[name] for name in known if name in found]
    if not sets:
        raise ValueError(
            f'the model can lift {", ".join(known) or "no set"} and the config has '
            f'{", ".join(found) or "no set"}; choose a config with a lifting head and its sets'
        )
    return sets


@torch.no_grad()
def lift_poses(model: VIPEEmbedder, dataset: MultiViewPoseDataset, num_poses: int) -> LiftedPoses:
    """Let a teacher lift poses that are spread evenly over a set.

    It sees a recorded view of each, or a random projection where there is none.

    Args:
        model: A teacher in evaluation mode, with a lifting head for the set.
        dataset: The set.
        num_poses: How many poses N to lift.
    """
    poses = dataset.poses
    rows = poses.usable[(2 * np.arange(num_poses) + 1) * len(poses.usable) // (2 * num_poses)]
    views = np.where(poses.view_count[rows] > 0, poses.view_start[rows], -1)
    seen = see_poses(np.random.default_rng(0), poses, rows, views, projection_prob=0.0)
    inputs = normalize_pose2d(seen, bones=dataset.how.bones)
    embedding = model.embed(torch.from_numpy(inputs))
    features = model.head(embedding, dataset.set_name).numpy()
    split = dict(train='training', val='validation')[dataset.split]
    title = f'{dataset.set_name} ({split} split)'
    return compare_lifted(title, poses.skeleton, seen, poses.offsets[rows], features)
