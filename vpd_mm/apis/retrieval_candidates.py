"""Candidates for an exact comparison: actions whose pooled embeddings are near."""

from collections.abc import Sequence

import numpy as np

SEGMENTS = 8


class PooledIndex:
    """A faiss index over actions as the means of eight parts of equal length.

    Args:
        sequences: N arrays (T_i, D).
        metric: ``'euclidean'`` or ``'cosine'``.
        step_pattern: With ``'symmetricP2'`` only actions of a length that it admits are proposed.

    Raises:
        ImportError: If faiss is not installed.
    """

    def __init__(self, sequences: Sequence[np.ndarray], metric: str, step_pattern: str) -> None:
        try:
            import faiss
        except ImportError as error:
            raise ImportError(
                'candidates need faiss; install it (pip install "vpd_mm[search]"), or compare with '
                'all actions (candidates=None)'
            ) from error
        self._faiss = faiss
        self._metric, self._step_pattern = metric, step_pattern
        length = np.array([len(sequence) for sequence in sequences])
        self._order = np.argsort(length, kind='stable')
        self._length = length[self._order]
        pooled = self.pool([sequences[number] for number in self._order], metric)
        self._index = faiss.IndexFlatL2(pooled.shape[1])
        self._index.add(pooled)

    def propose(self, query: np.ndarray, count: int) -> np.ndarray:
        """Give the numbers of up to `count` actions, ascending, (C,) int64."""
        low, high = 0, len(self._order)
        if self._step_pattern == 'symmetricP2':
            steps = len(query) - 1
            low = np.searchsorted(self._length, np.ceil(2 * steps / 3) + 1)
            high = np.searchsorted(self._length, 3 * steps // 2 + 1, side='right')
        if low >= high:
            return np.zeros(0, np.int64)
        wanted = self._faiss.SearchParameters(
            sel=self._faiss.IDSelectorRange(int(low), int(high), True)
        )
        pooled = self.pool([query], self._metric)
        _, found = self._index.search(pooled, min(count, int(high - low)), params=wanted)
        return np.sort(self._order[found[0][found[0] >= 0]])

    @staticmethod
    def pool(sequences: Sequence[np.ndarray], metric: str) -> np.ndarray:
        """Means of eight parts of each sequence, behind one another.

        Args:
            sequences: N arrays (T_i, D); a frame may belong to two parts of a short one.
            metric: With ``'cosine'`` rows are scaled to unit length first.

        Returns:
            (N, 8 * D) float32.
        """
        pooled = []
        for rows in sequences:
            if metric == 'cosine':
                length = np.linalg.norm(rows, axis=1, keepdims=True)
                rows = rows / np.where(length == 0, 1, length)
            edges = np.arange(SEGMENTS + 1) * len(rows) / SEGMENTS
            first = np.floor(edges[:-1]).astype(int)
            last = np.maximum(np.ceil(edges[1:]).astype(int), first + 1)
            sums = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, 0, np.float64)])
            pooled.append(((sums[last] - sums[first]) / (last - first)[:, None]).ravel())
        return np.array(pooled, np.float32)
