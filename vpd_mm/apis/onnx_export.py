"""A student's network as an ONNX file: normalised crops in, embeddings out."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from vpd_mm.formats import atomic_path
from vpd_mm.models.backbones.onnx_network import INPUT, NO_ONNX, OUTPUT, open_session

TOLERANCE = 1e-4


class CropEmbedder(nn.Module):
    """Backbone and head of a student.

    Args:
        student: A :class:`vpd_mm.models.VPDEmbedder`.
    """

    def __init__(self, student: nn.Module) -> None:
        super().__init__()
        self.backbone = student.backbone
        self.head = student.head

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        """Embed normalised crops: (B, C, S, S) to (B, D)."""
        return self.head(self.backbone(crops))


def export_onnx(student: nn.Module, out: str | Path, channels: int, size: int) -> float:
    """Write a student's network, for batches of any size, and check it against PyTorch.

    Augmentation and normalisation are no part of it; they stay with the data preprocessor.

    Args:
        student: A :class:`vpd_mm.models.VPDEmbedder`.
        out: The ``.onnx`` file.
        channels: Channels C of a crop.
        size: Side S of a crop in pixels.

    Returns:
        The largest difference between the two, as a share of the largest value.

    Raises:
        ImportError: If the extra ``onnx`` is not installed.
        ValueError: If the difference is larger than 1e-4; nothing is written then.
    """
    network = CropEmbedder(student).eval().cpu()
    example = torch.rand(3, channels, size, size, generator=torch.Generator().manual_seed(0))
    with atomic_path(out) as temporary:
        _write(network, example[:2], temporary)
        difference = max(_difference(network, temporary, example[:count]) for count in (1, 3))
        if not difference <= TOLERANCE:
            raise ValueError(
                f'{out}: its embeddings differ from those of PyTorch by {difference:.1e} of the '
                f'largest value, more than {TOLERANCE}; it is not written'
            )
    return difference


def _write(network: nn.Module, example: torch.Tensor, path: Path) -> None:
    try:
        import onnx  # noqa: F401  torch says less clearly that it is missing
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(NO_ONNX) from error
    torch.onnx.export(
        network,
        (example,),
        path,
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_shapes=dict(crops={0: torch.export.Dim('batch')}),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _difference(network: nn.Module, path: Path, crops: torch.Tensor) -> float:
    with torch.no_grad():
        expected = network(crops).numpy()
    (found,) = open_session(path).run([OUTPUT], {INPUT: crops.numpy()})
    return float(np.abs(found - expected).max() / np.abs(expected).max())
