"""Optical flow between crops: DIS on the CPU, RAFT where torchvision and a GPU are."""

import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from vpd_mm.formats import encode_flow

FLOW_METHODS = ('dis', 'raft')
# RAFT's correlation pyramid wants feature maps of 16 and more, an eighth of the image.
_RAFT_LEAST, _RAFT_STEP = 128, 8
_RAFT_UPDATES = 20
_NO_TORCHVISION = (
    'RAFT needs torchvision, which is not installed; install the extra "pose" of vpd_mm, or use '
    'the flow method dis'
)


def default_flow_method() -> str:
    """``'raft'`` where there are a GPU and torchvision, else ``'dis'``."""
    import torch

    return 'raft' if torch.cuda.is_available() and find_spec('torchvision') else 'dis'


# Against the medium preset (25 descents, 5 refinements): two thirds of its time, as good: warped
# crops of the demo videos differ a little less from the true ones; smooth motions by 0.01 px more.
_DESCENTS, _REFINEMENTS = 12, 1
_per_thread = threading.local()


def dis_flow(previous: np.ndarray, current: np.ndarray) -> np.ndarray:
    """Flow by Dense Inverse Search (Kroeger et al., ECCV 2016), by about OpenCV's medium preset.

    Args:
        previous: (H, W, 3) uint8 RGB.
        current: (H, W, 3) uint8 RGB.

    Returns:
        np.ndarray: Movement from the previous to the current image in pixels, (H, W, 2) float32
        in x, y.
    """
    grays = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (previous, current))
    return _dis().calc(*grays, None)


def _dis() -> cv2.DISOpticalFlow:
    if not hasattr(_per_thread, 'dis'):
        dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        dis.setGradientDescentIterations(_DESCENTS)
        dis.setVariationalRefinementIterations(_REFINEMENTS)
        _per_thread.dis = dis
    return _per_thread.dis


class RaftFlow:
    """Flow by RAFT (Teed and Deng, ECCV 2020), 20 updates; in mixed precision on a GPU.

    Args:
        size: ``'large'`` or ``'small'``.
        weights: Name of torchvision's weights, or a local ``.pth``; torchvision's best by default.
        device: Torch device; the GPU where there is one by default.
        batch_size: Pairs in one pass.

    Raises:
        ImportError: If torchvision is not installed.
        FileNotFoundError: If the weights are neither a file nor to be had by their name.

    Example:
        >>> flow = RaftFlow('small', weights='raft_small.pth')(previous, current)
    """

    def __init__(
        self,
        size: str = 'large',
        weights: str | None = None,
        device: str | None = None,
        batch_size: int = 32,
    ):
        import torch

        self.device = device or ('cuda' if torch.cuda.is_available() else 'cpu')
        self.batch_size = batch_size
        self.network = _raft_network(size, weights).to(self.device).eval()

    def __call__(self, previous: np.ndarray, current: np.ndarray) -> np.ndarray:
        """Flow of a batch.

        Args:
            previous: (N, H, W, 3) uint8 RGB.
            current: (N, H, W, 3) uint8 RGB.

        Returns:
            np.ndarray: Movement in pixels, (N, H, W, 2) float32 in x, y.
        """
        if not len(previous):
            return np.zeros((*np.shape(previous)[:3], 2), np.float32)
        steps = range(0, len(previous), self.batch_size)
        return np.concatenate(
            [
                self._batch(previous[i : i + self.batch_size], current[i : i + self.batch_size])
                for i in steps
            ]
        )

    def _batch(self, previous: np.ndarray, current: np.ndarray) -> np.ndarray:
        import torch

        height, width = np.shape(previous)[1:3]
        kind = torch.device(self.device).type
        half = torch.autocast(kind, torch.float16, enabled=kind == 'cuda')
        with torch.inference_mode(), half:
            images = [self._prepare(image) for image in (previous, current)]
            flow = self.network(*images, num_flow_updates=_RAFT_UPDATES)[-1]
        return flow[..., :height, :width].permute(0, 2, 3, 1).float().cpu().numpy()

    def _prepare(self, images: np.ndarray):
        import torch
        from torch.nn.functional import pad

        batch = torch.from_numpy(np.ascontiguousarray(images)).to(self.device)
        batch = batch.permute(0, 3, 1, 2).float() / 127.5 - 1
        more = [max(_RAFT_LEAST, -(-side // _RAFT_STEP) * _RAFT_STEP) for side in batch.shape[2:]]
        extra_height, extra_width = (m - s for m, s in zip(more, batch.shape[2:], strict=True))
        return pad(batch, (0, extra_width, 0, extra_height), mode='replicate')


def _raft_network(size: str, weights: str | None):
    try:
        from torchvision.models import get_model, get_model_weights
    except ImportError as error:
        raise ImportError(_NO_TORCHVISION) from error
    name = f'raft_{size}'
    if weights and Path(weights).is_file():
        import torch

        network = get_model(name, weights=None)
        network.load_state_dict(torch.load(weights, map_location='cpu', weights_only=True))
        return network
    named = get_model_weights(name)
    if weights and weights not in named.__members__:
        raise FileNotFoundError(
            f'{weights}: neither a file nor the name of weights; '
            f'names: {", ".join(named.__members__)}'
        )
    try:
        return get_model(name, weights=named[weights] if weights else named.DEFAULT)
    except OSError as error:
        chosen = named[weights] if weights else named.DEFAULT
        raise FileNotFoundError(
            f'{chosen.url}: RAFT weights cannot be downloaded ({error}); download them elsewhere '
            'and give the file'
        ) from error


class DisFlow:
    """:func:`dis_flow` over a batch, called as :class:`RaftFlow` is."""

    def __call__(self, previous: np.ndarray, current: np.ndarray) -> np.ndarray:
        """Flow of a batch: two (N, H, W, 3) uint8 RGB give (N, H, W, 2) float32 in x, y."""
        flows = [dis_flow(p, c) for p, c in zip(previous, current, strict=True)]
        return np.stack(flows) if flows else np.zeros((*np.shape(previous)[:3], 2), np.float32)


@lru_cache(maxsize=1)
def build_flow(method: str = 'auto', size: str = 'large', weights: str | None = None):
    """The flow of a method, made once a process.

    Args:
        method: ``'dis'``, ``'raft'``, or ``'auto'`` for :func:`default_flow_method`.
        size: See :class:`RaftFlow`.
        weights: See :class:`RaftFlow`.

    Returns:
        Callable: Two batches (N, H, W, 3) uint8 RGB to flow (N, H, W, 2) in pixels.

    Raises:
        ValueError: If the method is unknown.
    """
    method = default_flow_method() if method == 'auto' else method
    if method not in FLOW_METHODS:
        raise ValueError(f'flow method {method!r} is unknown; use one of {", ".join(FLOW_METHODS)}')
    return DisFlow() if method == 'dis' else RaftFlow(size, weights)


@dataclass(frozen=True)
class FlowSettings:
    """How flow between crops is computed and coded.

    Attributes:
        method: See :func:`build_flow`.
        size: See :class:`RaftFlow`.
        weights: See :class:`RaftFlow`.
        clip: See :func:`vpd_mm.formats.encode_flow`.
        subtract_median: See :func:`vpd_mm.formats.encode_flow`.

    Example:
        >>> codes = FlowSettings('dis').codes(previous, current)
    """

    method: str = 'auto'
    size: str = 'large'
    weights: str | None = None
    clip: float = 20
    subtract_median: bool = False

    def codes(self, previous: np.ndarray, current: np.ndarray) -> np.ndarray:
        """Codes of the flow between two batches (N, H, W, 3) uint8 RGB, (N, H, W, 2) uint8."""
        flow = build_flow(self.method, self.size, self.weights)(previous, current)
        return encode_flow(flow, self.clip, self.subtract_median)

    def record(self) -> dict:
        """What the files depend on, for :func:`keep_settings`."""
        raft = dict(size=self.size, weights=self.weights or 'default')
        common = dict(method=self.method, clip=self.clip, subtract_median=self.subtract_median)
        return common | (raft if self.method == 'raft' else {})
