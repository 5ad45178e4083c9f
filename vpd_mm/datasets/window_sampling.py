"""Drawing windows from videos of unequal length, a batch at once. Plain arrays."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WindowSampler:
    """Draws windows, any of which is as likely as any other, or windows with an action.

    Attributes:
        length: Frames of each video, (N,).
        window: Frames of a window; a shorter video is drawn whole.
        actions: (A, 4) rows (video, start, end, class).
        action_share: Share of the windows that are drawn about an action, of each class as many.
    """

    length: np.ndarray
    window: int
    actions: np.ndarray
    action_share: float = 0.0

    def draw(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw windows.

        Args:
            rng (np.random.Generator): Source of randomness.
            count (int): How many.

        Returns:
            tuple[np.ndarray, np.ndarray]: Video and first frame of each, (count,) int64.
        """
        starts = np.maximum(self.length - self.window + 1, 1)
        place = rng.integers(starts.sum(), size=count)
        bounds = np.cumsum(starts)
        video = np.searchsorted(bounds, place, side='right')
        first = place - (bounds - starts)[video]
        if self.action_share > 0 and len(self.actions):
            about = rng.random(count) < self.action_share
            found = self._about_actions(rng, count)
            video, first = np.where(about, found[0], video), np.where(about, found[1], first)
        return video, first

    def _about_actions(self, rng: np.random.Generator, count: int) -> tuple:
        """Draw windows that hold the middle of an action."""
        label = self.actions[:, 3]
        order = np.argsort(label, kind='stable')
        _, begin, size = np.unique(label[order], return_index=True, return_counts=True)
        kind = rng.integers(len(begin), size=count)
        action = order[begin[kind] + (rng.random(count) * size[kind]).astype(int)]
        video, start, end, _ = self.actions[action].T
        middle = np.minimum((start + end - 1) // 2, self.length[video] - 1)
        last = np.minimum(middle, np.maximum(self.length[video] - self.window, 0))
        first = np.clip(middle - self.window + 1, 0, last)
        return video, first + (rng.random(count) * (last - first + 1)).astype(int)
