"""Athlete crops, with the teacher's embeddings as targets: what trains and feeds the student."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.config import ConfigDict
from mmengine.dataset import BaseDataset

from vpd_mm.formats import EMBEDDING_SUFFIX, open_crops, read_embeddings
from vpd_mm.registry import DATASETS, SPORTS, TRANSFORMS

from .distillation import (
    build_targets,
    held_out_videos,
    row_scores,
    select_rows,
    spread_evenly,
    unit_rows,
)

_RECORD = np.dtype([('video', np.int32), ('frame', np.int64), ('row', np.int64)])
_HELP = 'data/README.md says where they come from, and `make demo` runs everything on made data'


@DATASETS.register_module()
class CropDataset(BaseDataset):
    """Frames of a sport, each with its crop and, for training, its target.

    A frame is a 20-byte record and its teacher row lies in one array, so that a million frames
    open in seconds and are shared by the workers.

    Args:
        crop_dir: Folder of the crops: ``<video>/<frame>.png``, or packed as ``<video>.crops``.
        embedding_dir: Folder of the teacher's ``<video>.emb.pkl``; needed unless ``split='test'``.
        sport: Config of the sport, whose test videos are kept out of training and whose
            validation actions say which videos validate, and which knows the clips of a tennis
            match whose crops lie under the match. None where there are no labels.
        split: 'train', 'val' or 'test' (every frame that has a crop, without targets).
        protocol: 'clean', or 'reference' as published: every video trains, and a random share
            of the frames validates.
        min_score: Frames whose teacher score is lower are skipped.
        motion: Target the embedding and its change (frames without predecessor are skipped).
        normalize_target: Scale teacher embeddings to unit length.
        use_flow: Skip frames that have no flow.
        val_fraction: Share that validates where the sport names no validation videos.
        max_frames: At most so many frames, evenly spaced.
        exclude_videos: Videos to leave out.
        seed: Seed of the share that validates.
        **kwargs: See :class:`mmengine.dataset.BaseDataset`.

    Raises:
        FileNotFoundError: If there are no crops or no embeddings.
        ValueError: If nothing is left to train on or to validate with.
    """

    METAINFO = dict(dataset_type='crops')

    def __init__(
        self,
        crop_dir: str,
        embedding_dir: str | None = None,
        sport: dict | None = None,
        split: str = 'train',
        protocol: str = 'clean',
        min_score: float = 0.5,
        motion: bool = True,
        normalize_target: bool = False,
        use_flow: bool = True,
        val_fraction: float = 0.2,
        max_frames: int | None = None,
        exclude_videos: Sequence[str] = (),
        seed: int = 0,
        pipeline: Sequence = (),
        **kwargs,
    ):
        if split not in ('train', 'val', 'test'):
            raise ValueError(f"split is {split!r}; choose 'train', 'val' or 'test'")
        if protocol not in ('clean', 'reference'):
            raise ValueError(f"protocol is {protocol!r}; choose 'clean' or 'reference'")
        if split != 'test' and embedding_dir is None:
            raise ValueError(f"split {split!r} needs embedding_dir, the teacher's embeddings")
        self.crop_dir = Path(crop_dir)
        self.embedding_dir = None if split == 'test' else Path(embedding_dir)
        self.sport = sport.to_dict() if isinstance(sport, ConfigDict) else sport
        self.split = split
        self.protocol = protocol
        self.min_score = min_score
        self.motion = motion
        self.normalize_target = normalize_target
        self.use_flow = use_flow
        self.val_fraction = val_fraction
        self.max_frames = max_frames
        self.exclude_videos = frozenset(exclude_videos)
        self.seed = seed
        self.videos: list[str] = []
        self.parts: dict[str, tuple[str, int, int | None]] = {}
        self.embedding: np.ndarray | None = None
        pipeline = [TRANSFORMS.build(t) if isinstance(t, dict) else t for t in pipeline]
        super().__init__(
            metainfo=dict(sport=self.sport), pipeline=pipeline, serialize_data=False, **kwargs
        )

    def full_init(self) -> None:
        """List the frames once, and count those of each video."""
        if self._fully_initialized:
            return
        super().full_init()
        video = np.array([record['video'] for record in self.data_list], np.int64)
        self.rows_of_video = np.bincount(video, minlength=len(self.videos))

    def load_data_list(self) -> np.ndarray:
        """All frames as records (video number, frame, teacher row)."""
        if not self.crop_dir.is_dir():
            raise FileNotFoundError(f'{self.crop_dir}: there are no crops here; {_HELP}')
        self.crops = open_crops(self.crop_dir)
        sport = SPORTS.build(self.sport) if self.sport else None
        self.parts = self._find_parts(sport)
        self.videos = self._choose_videos(sport)
        tables, embeddings, first_row = [], [], 0
        for number, name in enumerate(self.videos):
            table, embedding = self._read_video(number, name)
            table['row'] += first_row
            tables.append(table)
            if len(table) and embedding is not None:
                embeddings.append(embedding)
                first_row += len(embedding)
        self.crops.close()
        records = np.concatenate(tables) if tables else np.zeros(0, _RECORD)
        if self.split != 'test' and self.protocol == 'reference':
            records = self._share_of_frames(records)
        if not len(records) and self.split != 'test':
            raise ValueError(
                f'{self.crop_dir}: no frame of split {self.split!r} has a crop'
                f'{" with flow" if self.use_flow else ""} and a teacher embedding in '
                f'{self.embedding_dir} that scores {self.min_score} or more; {_HELP}'
            )
        if embeddings:
            self.embedding = np.concatenate(embeddings)
        return records[spread_evenly(len(records), self.max_frames)]

    def get_data_info(self, idx: int) -> dict:
        """One frame: where its crop is, video, frame, num_rows, and the target (V, D) if any."""
        if not self._fully_initialized:
            self.full_init()
        record = self.data_list[idx]
        number, row = int(record['video']), int(record['row'])
        video, frame = self.videos[number], int(record['frame'])
        stored, first, _ = self.parts[video]
        info = dict(
            crop_dir=str(self.crop_dir),
            crop_video=stored,
            crop_frame=first + frame,
            video=video,
            frame=frame,
            num_rows=int(self.rows_of_video[number]),
            sample_idx=idx if idx >= 0 else len(self) + idx,
        )
        if self.embedding is not None:
            info['target'] = build_targets(self.embedding, row, self.motion)
        return info

    def _find_parts(self, sport) -> dict[str, tuple[str, int, int | None]]:
        """Where the crops of each video are: under which name, from which to which frame."""
        stored = set(self.crops.videos)
        clips = sport.crop_parts() if sport is not None else {}
        clips = {name: c for name, c in clips.items() if name not in stored and c[0] in stored}
        whole = stored - {name for name, _, _ in clips.values()}
        return {name: (name, 0, None) for name in whole} | clips

    def _choose_videos(self, sport) -> list[str]:
        videos = set(self.parts) - self.exclude_videos
        if self.split == 'test':
            return sorted(videos)
        if not self.embedding_dir.is_dir():
            raise FileNotFoundError(
                f'{self.embedding_dir}: there are no teacher embeddings here; {_HELP}'
            )
        files = (name for name in os.listdir(self.embedding_dir) if name.endswith(EMBEDDING_SUFFIX))
        videos &= {name[: -len(EMBEDDING_SUFFIX)] for name in files}
        if self.protocol == 'reference':
            return sorted(videos)
        return sorted(self._clean_split(videos, sport))

    def _clean_split(self, videos: set[str], sport) -> set[str]:
        if sport is not None:
            videos = videos - set(sport.test_videos)
        held_out = _validation_videos(sport) & videos if sport is not None else set()
        if not held_out and len(videos) < 2:
            raise ValueError(
                f'{self.embedding_dir}: {len(videos)} videos outside the test set have crops and '
                f'teacher embeddings, and at least 2 are needed, one to validate with; {_HELP}'
            )
        held_out = held_out or held_out_videos(list(videos), self.val_fraction, self.seed)
        return held_out if self.split == 'val' else videos - held_out

    def _read_video(self, number: int, name: str) -> tuple[np.ndarray, np.ndarray | None]:
        cropped = self._cropped_frames(name)
        if self.split == 'test':
            return _records(number, cropped, np.zeros(len(cropped), np.int64)), None
        teacher = read_embeddings(self.embedding_dir / f'{name}{EMBEDDING_SUFFIX}')
        rows = select_rows(teacher.frame, row_scores(teacher.meta), self.min_score, self.motion)
        rows = rows[np.isin(teacher.frame[rows], cropped)]
        embedding = unit_rows(teacher.embedding) if self.normalize_target else teacher.embedding
        return _records(number, teacher.frame[rows], rows), embedding.astype(np.float32)

    def _cropped_frames(self, video: str) -> np.ndarray:
        stored, first, last = self.parts[video]
        frame = self.crops.frames(stored, self.use_flow)
        if last is not None:
            frame = frame[(frame >= first) & (frame <= last)]
        return frame - first

    def _share_of_frames(self, records: np.ndarray) -> np.ndarray:
        order = np.random.default_rng(self.seed).permutation(len(records))
        count = round(self.val_fraction * len(records))
        chosen = order[:count] if self.split == 'val' else order[count:]
        return records[np.sort(chosen)]


def _records(number: int, frame: np.ndarray, row: np.ndarray) -> np.ndarray:
    records = np.zeros(len(frame), _RECORD)
    records['video'], records['frame'], records['row'] = number, frame, row
    return records


def _validation_videos(sport) -> set[str]:
    try:
        names = set(sport.split_ids('val'))
    except ValueError:  # the sport has no such split
        return set()
    return {action.video for name, action in sport.labels.items() if name in names}
