"""Temporal detection with trained models, one or an ensemble of folds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from vpd_mm.datasets.embedding_window_dataset import read_dense
from vpd_mm.evaluation.functional import detect_actions, told_once
from vpd_mm.formats import EMBEDDING_SUFFIX, FormatError
from vpd_mm.models.localizers import SequenceLocalizer
from vpd_mm.registry import MODELS


@dataclass
class VideoDetections:
    """What was found in a video.

    Attributes:
        video: Its name.
        fps: Its frame rate.
        classes: Names of the classes.
        scores: (T, C) score of each frame.
        rows: (P, 4) rows (start, end, score, class), the best first; end is exclusive.
        path: The video file, where it is known.
    """

    video: str
    fps: float
    classes: Sequence[str]
    scores: np.ndarray
    rows: np.ndarray
    path: Path | None = None

    def to_list(self) -> list[dict]:
        """Give the detections in the order of time, as plain values."""
        return [
            dict(
                video=self.video,
                start=int(start),
                end=int(end),
                start_seconds=round(start / self.fps, 3),
                end_seconds=round(end / self.fps, 3),
                label=self.classes[int(number)],
                score=round(float(score), 4),
            )
            for start, end, score, number in sorted(self.rows.tolist())
        ]


class ActionDetector:
    """Detects actions in embeddings, their lengths clamped where the config's evaluation does so.

    Args:
        cfg (Config | str | Path): Config of a :class:`SequenceLocalizer`.
        checkpoint (str | Path): A checkpoint, or a folder of ``fold_*.pth`` whose frame scores
            are averaged.
        device (str): Where to compute. Defaults to ``'cpu'``.

    Raises:
        FileNotFoundError: If there is no such checkpoint.
        ValueError: If its weights are not those of the config's model.

    Example:
        >>> detector = ActionDetector('configs/detection/bigru_fs.py', 'work_dirs/…/4_0')
        >>> detector('data/fs/embeddings/vipe/routine.emb.pkl', fps=25).to_list()
    """

    def __init__(
        self, cfg: Config | str | Path, checkpoint: str | Path, device: str = 'cpu'
    ) -> None:
        cfg = cfg if isinstance(cfg, Config) else Config.fromfile(cfg)
        paths = find_checkpoints(checkpoint)
        self.device = device
        self.models, metas = zip(*(load_localizer(cfg, path) for path in paths), strict=True)
        for model in self.models:
            model.to(device)
        count = self.models[0].cls_head.num_classes
        self.classes = tuple(metas[0].get('classes', range(count)))
        clamp = (cfg.get('test_evaluator') or {}).get('clamp', False)
        self.mean_length = metas[0].get('mean_length') if clamp else None

    def __call__(self, path: str | Path, fps: float, min_score: float = 0.0) -> VideoDetections:
        """Detect the actions of one video.

        Args:
            path (str | Path): Its ``.emb.pkl`` file.
            fps (float): Its frame rate.
            min_score (float): Detections that score less are left out. Defaults to 0.

        Returns:
            VideoDetections: What was found.

        Raises:
            FileNotFoundError: If there is no such file.
            FormatError: If it is damaged, empty or of other embeddings than the model's.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f'{path}: no such embeddings; make them with tools/embed.py')
        dense = read_dense(path, path.stat().st_mtime_ns)
        video = path.name.removesuffix(EMBEDDING_SUFFIX)
        size = self.models[0].backbone.rnn.input_size
        if not len(dense) or dense.shape[-1] != size:
            found = f'{dense.shape[-1]} values a frame' if len(dense) else 'no frame'
            raise FormatError(path, f'has {found}, but the model takes {size} values of each')
        sequence = torch.from_numpy(np.nan_to_num(dense).swapaxes(0, 1).copy())
        scores = score_sequences(self.models, {video: sequence})[video]
        rows = told_once(detect_actions({video: scores}, self.mean_length)[video])
        return VideoDetections(video, fps, self.classes, scores, rows[rows[:, 2] >= min_score])


def find_checkpoints(path: str | Path) -> list[Path]:
    """Give the checkpoint, or those of the folds in a folder.

    Raises:
        FileNotFoundError: If there is none.
    """
    path = Path(path)
    found = sorted(path.glob('fold_*.pth')) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise FileNotFoundError(f'{path}: is no checkpoint, nor a folder of fold_*.pth')
    return found


def load_localizer(cfg: Config, checkpoint: str | Path) -> tuple[SequenceLocalizer, dict]:
    """Build the model of a config, of the size of a checkpoint, and load the checkpoint.

    Returns:
        tuple: The model in evaluation mode, and the metainfo of the videos that it saw.

    Raises:
        ValueError: If the weights are not those of such a model.
    """
    content = torch.load(checkpoint, map_location='cpu', weights_only=True)
    state = content.get('state_dict', content)
    try:
        model = dict(cfg.model)
        channels = state['backbone.rnn.weight_ih_l0'].size(1)
        classes = len(state['cls_head.classify.6.bias']) - 1
        model['backbone'] = dict(model['backbone'], in_channels=channels)
        model['cls_head'] = dict(model['cls_head'], num_classes=classes)
        with DefaultScope.overwrite_default_scope('vpd_mm'):
            model = MODELS.build(model)
        model.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        reason = ' '.join(str(error).split())
        raise ValueError(
            f"{checkpoint}: its weights do not fit the config's model ({reason:.200}); choose the "
            'config that it was trained by'
        ) from error
    return model.eval(), (content.get('meta') or {}).get('dataset_meta') or {}


@torch.no_grad()
def score_sequences(
    models: Sequence[SequenceLocalizer], sequences: dict[str, torch.Tensor], batch_size: int = 16
) -> dict[str, np.ndarray]:
    """Give the frame scores of whole videos, averaged over views and models.

    Args:
        models (Sequence[SequenceLocalizer]): Models in evaluation mode.
        sequences (dict): By video, (V, T, D).
        batch_size (int): Videos run at a time, of similar lengths. Defaults to 16.

    Returns:
        dict: By video, (T, C) float32 without the background.
    """
    videos = sorted(sequences, key=lambda video: sequences[video].size(1))
    scores = {}
    for start in range(0, len(videos), batch_size):
        part = videos[start : start + batch_size]
        inputs = [sequences[video] for video in part]
        found = [model.test_step(dict(inputs=inputs)) for model in models]
        for video, samples in zip(part, zip(*found, strict=True), strict=True):
            mean = torch.stack([sample.pred_frame_score for sample in samples]).mean(0)
            scores[video] = mean.float().cpu().numpy()
    return {video: scores[video] for video in sequences}
