"""Labelled actions as sequences of embeddings."""

import logging
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from mmaction.structures import ActionDataSample
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from vpd_mm.formats import Action, FormatError, read_embeddings
from vpd_mm.registry import DATASETS, SPORTS

from .dense_embeddings import dense_embeddings, normalize_rows


@DATASETS.register_module()
class EmbeddingSequenceDataset(BaseDataset):
    """Sequences of per-frame embeddings, one for each labelled action of a split.

    All sequences are kept in memory as tensors, so no worker processes are wanted. In training
    every view (original, mirrored) is a sample of its own; in test mode (``test_mode=True``) a
    sample holds all views of an action.

    A sample is ``inputs``, a float32 tensor (V, T, D) with V = 1 in training, and
    ``data_samples``, an ``ActionDataSample`` with ``gt_label`` and the metainfo ``action`` (id)
    and ``video``.

    Args:
        sport (dict): Config of the sport, such as
            ``dict(type='FigureSkating', data_root='data/fs')``.
        embedding_dir (str): Folder of ``<video>.emb.pkl`` files.
        split (str): ``train``, ``val``, ``test``, ``train_<k>_<trial>`` or ``all``.
        normalize (bool): Whether each row is scaled to unit length. Defaults to False.
        test_mode (bool): Whether the views of an action are one sample. Defaults to False.

    Attributes:
        num_missing (int): Actions of the split that were left out, as they have no embeddings.

    Raises:
        FileNotFoundError: If no action of the split has embeddings.
    """

    def __init__(
        self,
        sport: dict,
        embedding_dir: str,
        split: str,
        normalize: bool = False,
        test_mode: bool = False,
    ) -> None:
        self.sport = SPORTS.build(sport)
        self.embedding_dir = Path(embedding_dir)
        self.split = split
        self.normalize = normalize
        super().__init__(
            metainfo=dict(classes=self.sport.classes),
            test_mode=test_mode,
            serialize_data=False,
        )

    def load_data_list(self) -> list[dict]:
        """Read the embeddings of every action of the split."""
        actions = self.sport.actions(self.split)
        sequences = self._read_sequences({action.video for action in actions})
        found = [action for action in actions if len(sequences.get(action.id, ()))]
        self._report_missing(actions, found)
        return [
            self._sample(action, sequence)
            for action in found
            for sequence in self._samples_of(sequences[action.id])
        ]

    def _read_sequences(self, videos: set[str]) -> dict[str, np.ndarray]:
        by_video: dict[str, list[Action]] = {video: [] for video in videos}
        for action in self.sport.actions('all'):
            if action.video in videos:
                by_video[action.video].append(action)
        sequences = {}
        for video, actions in by_video.items():
            path = self.embedding_dir / f'{video}.emb.pkl'
            if path.is_file():
                windows = tuple((action.start, action.end) for action in actions)
                rows = read_windows(path, path.stat().st_mtime_ns, windows)
                sequences.update(zip((action.id for action in actions), rows, strict=True))
        return sequences

    def _report_missing(self, actions: list[Action], found: list[Action]) -> None:
        if not found:
            raise FileNotFoundError(
                f'{self.embedding_dir}: none of the {len(actions)} actions of split {self.split} '
                'has embeddings here; make them with tools/embed.py, or name their folder.'
            )
        self.num_missing = len(actions) - len(found)
        if self.num_missing:
            print_log(
                f'{self.embedding_dir}: {self.num_missing} of the {len(actions)} actions '
                f'of split {self.split} have no embeddings and are left out.',
                logger='current',
                level=logging.WARNING,
            )

    def _samples_of(self, sequence: np.ndarray) -> list[torch.Tensor]:
        rows = np.nan_to_num(sequence, nan=0.0)
        views = torch.from_numpy(normalize_rows(rows) if self.normalize else rows)
        views = views.transpose(0, 1).contiguous()
        return [views] if self.test_mode else list(views.split(1))

    def _sample(self, action: Action, sequence: torch.Tensor) -> dict:
        return dict(
            action=action.id,
            video=action.video,
            label=self.sport.classes.index(action.label),
            sequence=sequence,
        )

    def prepare_data(self, idx: int) -> dict:
        """Give one sample; the sequence is the stored tensor, not a copy."""
        info = self.data_list[idx]
        sample = ActionDataSample(metainfo=dict(action=info['action'], video=info['video']))
        return dict(inputs=info['sequence'], data_samples=sample.set_gt_label(info['label']))


@lru_cache(maxsize=4096)
def read_windows(
    path: Path, modified: int, windows: tuple[tuple[int, int], ...]
) -> list[np.ndarray]:
    """Cut windows from the dense embeddings of a video; kept, as splits share their videos.

    Args:
        path (Path): The ``.emb.pkl`` file.
        modified (int): Its time of change, so that a new file is read anew.
        windows (tuple): Pairs of first frame and frame after the last.

    Returns:
        list[np.ndarray]: One (T, V, D) for each window; T is 0 beyond the last embedded frame.

    Raises:
        FormatError: If the file is damaged.
    """
    embeddings = read_embeddings(path)
    if len(embeddings) and embeddings.frame.min() < 0:
        raise FormatError(path, 'has a negative frame number; write it again')
    dense, _ = dense_embeddings(embeddings.frame, embeddings.embedding)
    return [dense[start:end].copy() for start, end in windows]
