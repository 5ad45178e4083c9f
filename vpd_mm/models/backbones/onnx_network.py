"""An exported student in place of a backbone and its head."""

from pathlib import Path

import torch
from mmengine.model import BaseModule

from vpd_mm.registry import MODELS

INPUT, OUTPUT = 'crops', 'embedding'
NO_ONNX = 'ONNX is not installed; run `pip install "vpd_mm[onnx]"`'


@MODELS.register_module()
class ONNXNetwork(BaseModule):
    """Network in an ONNX file, run by ONNX Runtime; it cannot be trained.

    Args:
        path: File made by tools/convert/export_onnx.py.
        init_cfg: See :class:`mmengine.model.BaseModule`.
    """

    def __init__(self, path: str, init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.path = path
        self.session = open_session(path)
        self.shape = self.session.get_inputs()[0].shape[1:]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(B, C, S, S) to (B, D).

        Raises:
            ValueError: If the images are not those that the network was exported for.
        """
        if list(images.shape[1:]) != self.shape:
            raise ValueError(
                f'{self.path}: takes images of (channels, height, width) {tuple(self.shape)}, not '
                f'{tuple(images.shape[1:])}; name the config that it was exported with'
            )
        crops = images.float().contiguous().cpu().numpy()
        (embedding,) = self.session.run([OUTPUT], {INPUT: crops})
        return torch.from_numpy(embedding).to(images.device)


def open_session(path: str | Path):
    """Open an ONNX file, on the GPU where ONNX Runtime can use one.

    Returns:
        onnxruntime.InferenceSession: The network.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If the extra ``onnx`` is not installed.
        ValueError: If the file is damaged.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'{path}: there is no such file; see tools/convert/export_onnx.py.')
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(NO_ONNX) from error
    wanted = ('CUDAExecutionProvider', 'CPUExecutionProvider')
    there = [name for name in wanted if name in onnxruntime.get_available_providers()]
    try:
        return onnxruntime.InferenceSession(str(path), providers=there)
    except Exception as error:  # ONNX Runtime has an exception of its own for each defect
        reason = str(error).strip().partition('\n')[0]
        raise ValueError(
            f'{path}: ONNX Runtime cannot read it ({reason}); export it again'
        ) from error
