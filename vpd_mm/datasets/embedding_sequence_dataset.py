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
from .sports.sampling import Sampling


@DATASETS.register_module()
class EmbeddingSequenceDataset(BaseDataset):
    """Sequences of per-frame embeddings, one for each labelled action of a split.

    All sequences are kept in memory as tensors, so no worker processes are wanted. In training
    every view (original, mirrored) is a sample of its own; in test mode (``test_mode=True``) a
    sample holds all views of an action.

    A sample is ``inputs``, a float32 tensor (V, T, D) with V = 1 in training, and
    ``data_samples``, an ``ActionDataSample`` with ``gt_label`` and the metainfo ``action`` (id)
    and ``video``. The sport says which frames of its window a sequence has. NaN becomes 0.

    Actions without embeddings are left out and counted, as published. The ``metainfo`` names the
    ``classes``, the config of the ``sport`` and the actions that are ``missing``, with their class.

    Args:
        sport (dict): Config of the sport, such as
            ``dict(type='FigureSkating', data_root='data/fs')``.
        embedding_dir (str): Folder of ``<video>.emb.pkl`` files.
        split (str): ``train``, ``val``, ``test``, ``train_<k>_<trial>`` or ``all``.
        normalize (bool): Whether each row is scaled to unit length. Defaults to False.
        test_mode (bool): Whether the views of an action are one sample. Defaults to False.

    Attributes:
        num_missing (int): Actions of the split that were left out, as they have no embeddings.
        num_nan (int): Actions that are used, but have NaN among their embeddings.

    Raises:
        FileNotFoundError: If no action of the split has embeddings.
        FormatError: If the split is empty, or its labels or embeddings are damaged.
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
            metainfo=dict(classes=self.sport.classes, sport=dict(sport)),
            test_mode=test_mode,
            serialize_data=False,
        )

    def load_data_list(self) -> list[dict]:
        """Read the embeddings of every action of the split."""
        actions = self.sport.actions(self.split)
        if not actions:
            raise FormatError(
                self.sport.data_root,
                f'split {self.split} has no action; label some, or use another',
            )
        sequences = self._read_sequences({action.video for action in actions})
        found = [action for action in actions if len(sequences.get(action.id, ()))]
        self._report_missing(actions, sequences, found)
        self._report_nan([sequences[action.id] for action in found])
        if self.split in ('val', 'test'):
            self._report_unseen(found)
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
        sampling = self.sport.sampling
        sequences = {}
        for video, actions in by_video.items():
            path = self.embedding_dir / f'{video}.emb.pkl'
            if path.is_file():
                windows = tuple((action.start, action.end) for action in actions)
                fps = self.sport.video_meta(video).fps if sampling.target_fps else None
                rows = read_windows(path, path.stat().st_mtime_ns, windows, sampling, fps)
                sequences.update(zip((action.id for action in actions), rows, strict=True))
        return sequences

    def _report_missing(
        self, actions: list[Action], sequences: dict[str, np.ndarray], found: list[Action]
    ) -> None:
        if not found:
            raise FileNotFoundError(
                f'{self.embedding_dir}: none of the {len(actions)} actions of split {self.split} '
                'has embeddings here; make them with tools/embed.py, or name their folder.'
            )
        self.num_missing = len(actions) - len(found)
        there = {action.id for action in found}
        self._metainfo['missing'] = {
            action.id: self.sport.classes.index(action.label)
            for action in actions
            if action.id not in there
        }
        outside = sum(action.id in sequences for action in actions) - len(found)
        if self.num_missing:
            self._warn(
                f'{self.num_missing} of the {len(actions)} actions of split {self.split} have no '
                f'embeddings and are left out: {self.num_missing - outside} as their video has no '
                f'file, {outside} as no frame of theirs is embedded.'
            )

    def _report_nan(self, sequences: list[np.ndarray]) -> None:
        self.num_nan = sum(bool(np.isnan(sequence).any()) for sequence in sequences)
        if self.num_nan:
            self._warn(
                f'{self.num_nan} of the {len(sequences)} actions of split {self.split} have NaN '
                'among their embeddings, which becomes 0; embed their videos again if it should '
                'not be there.'
            )

    def _report_unseen(self, found: list[Action]) -> None:
        """Say which classes cannot be recognised, as the training split lacks them."""
        labels = self.sport.labels
        try:
            train = self.sport.split_ids('train')
        except (FormatError, FileNotFoundError):  # nobody trains on these labels
            return
        trained = {labels[name].label for name in train if name in labels}
        unseen = [action.label for action in found if action.label not in trained]
        if unseen:
            self._warn(
                f'{len(unseen)} of the {len(found)} actions of split {self.split} are of classes '
                f'that split train lacks ({", ".join(sorted(set(unseen)))}); a recogniser cannot '
                'name them.'
            )

    def _warn(self, text: str) -> None:
        print_log(f'{self.embedding_dir}: {text}', logger='current', level=logging.WARNING)

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
    path: Path,
    modified: int,
    windows: tuple[tuple[int, int], ...],
    sampling: Sampling,
    fps: float | None,
) -> list[np.ndarray]:
    """Cut windows from the dense embeddings of a video; kept, as splits share their videos.

    Args:
        path (Path): The ``.emb.pkl`` file.
        modified (int): Its time of change, so that a new file is read anew.
        windows (tuple): Pairs of first frame and frame after the last.
        sampling (Sampling): Which rows of a window are wanted.
        fps (float | None): Frame rate of the video; needed if the sampling thins it out.

    Returns:
        list[np.ndarray]: One (T, V, D) for each window; T is 0 beyond the last embedded frame.

    Raises:
        FormatError: If the file is damaged.
    """
    embeddings = read_embeddings(path)
    if len(embeddings) and embeddings.frame.min() < 0:
        raise FormatError(path, 'has a negative frame number; write it again')
    dense, own = dense_embeddings(embeddings.frame, embeddings.embedding)
    return [sampling.apply(dense[a:b], own[a:b], fps).copy() for a, b in windows]
