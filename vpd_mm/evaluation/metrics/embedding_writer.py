"""Embeddings of a test run, written to one file a video."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.dist import all_gather_object, barrier, is_main_process
from mmengine.evaluator import BaseMetric

from vpd_mm.formats import write_embeddings
from vpd_mm.registry import METRICS


class _Video:
    """Chunks of one video that have arrived, each once, by their frames."""

    def __init__(self, num_rows: int | None):
        self.num_rows = num_rows
        self.chunks: dict[tuple, tuple[np.ndarray, list[dict]]] = {}
        self.rows = 0

    def add(self, frame: tuple, embedding: np.ndarray, meta: list[dict]) -> None:
        if frame not in self.chunks:
            self.chunks[frame] = (embedding, meta)
            self.rows += len(frame)

    def write(self, path: Path) -> None:
        frame = np.array([f for frames in self.chunks for f in frames], np.int64)
        embedding = np.concatenate([chunk[0] for chunk in self.chunks.values()])
        meta = [row for chunk in self.chunks.values() for row in chunk[1]]
        order = np.argsort(frame, kind='stable')
        write_embeddings(path, frame[order], embedding[order], [meta[i] for i in order])


@METRICS.register_module()
class EmbeddingWriter(BaseMetric):
    """Write ``<out_dir>/<video>.emb.pkl``.

    A data sample is a chunk of one video: ``pred_embedding`` (N, V, D), ``video``, ``frame`` (N
    numbers), ``embedding_meta`` (N dicts) and ``num_rows``, the rows the video will have in all. A
    video is written as soon as it is complete. What several processes have of one video comes
    together at the end. The results are ``written/videos`` and ``written/rows``. A sample with a
    ``problem`` (a sentence) is a video that could not be read; the others are written first.

    Args:
        out_dir: Folder of the embeddings; made where it is missing.
        collect_device: See :class:`mmengine.evaluator.BaseMetric`.
        prefix: Instead of 'written'.
    """

    default_prefix = 'written'

    def __init__(self, out_dir: str, collect_device: str = 'cpu', prefix: str | None = None):
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.out_dir = Path(out_dir)
        self._reset()

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Take a batch in, and write the videos that it completes."""
        for sample in data_samples:
            video = sample['video']
            if sample.get('problem'):
                self.problems[video] = sample['problem']
            if video in self.written or video in self.problems:
                continue
            part = self.pending.setdefault(video, _Video(sample.get('num_rows')))
            embedding = sample['pred_embedding'].detach().float().cpu().numpy()
            frame = tuple(int(f) for f in sample['frame'])
            part.add(frame, embedding, list(sample['embedding_meta']))
            if part.rows == part.num_rows:
                self._write(video)

    def evaluate(self, size: int) -> dict[str, float]:
        """Write what is left, and count.

        Raises:
            RuntimeError: If rows of a video are missing.
            ValueError: If videos could not be read; a line each.
        """
        everything = all_gather_object((self.pending, self.written, self.problems))
        self.written = {v: n for _, written, _ in everything for v, n in written.items()}
        problems = {v: text for *_, part in everything for v, text in part.items()}
        incomplete = self._merge(pending for pending, *_ in everything)
        counts = dict(videos=len(self.written), rows=sum(self.written.values()))
        self._reset()
        barrier()
        if problems:
            lines = [problems[video] for video in sorted(problems)]
            raise ValueError('\n'.join([*lines, f'{len(lines)} videos could not be embedded']))
        if incomplete:
            raise RuntimeError(
                f'{self.out_dir}: {len(incomplete)} videos lack rows and were not written, such as '
                f'{incomplete[0]}; embed them again'
            )
        return {f'{self.prefix}/{key}': value for key, value in counts.items()}

    def compute_metrics(self, results: list) -> dict:
        """Unused: :meth:`evaluate` gathers by video."""
        return {}

    def _merge(self, pending_of_ranks) -> list[str]:
        self.pending = {}
        for pending in pending_of_ranks:
            for video, part in pending.items():
                if video in self.written:
                    continue
                merged = self.pending.setdefault(video, _Video(part.num_rows))
                for frame, (embedding, meta) in part.chunks.items():
                    merged.add(frame, embedding, meta)
        for video in sorted(self.pending):
            if self.pending[video].num_rows in (None, self.pending[video].rows):
                self._write(video)
        return sorted(self.pending)

    def _write(self, video: str) -> None:
        part = self.pending.pop(video)
        self.written[video] = part.rows
        whole_here = part.num_rows is not None
        if whole_here or is_main_process():
            self.out_dir.mkdir(parents=True, exist_ok=True)
            part.write(self.out_dir / f'{video}.emb.pkl')

    def _reset(self) -> None:
        self.pending: dict[str, _Video] = {}
        self.written: dict[str, int] = {}
        self.problems: dict[str, str] = {}
