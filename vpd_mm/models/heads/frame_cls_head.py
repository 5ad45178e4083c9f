"""Classification of every frame of a sequence of features."""

from mmengine.model import BaseModule
from torch import Tensor, nn

from vpd_mm.models.dropout import Dropout
from vpd_mm.registry import MODELS

from .sequence_cls_head import BatchNorm


@MODELS.register_module()
class FrameClsHead(BaseModule):
    """Two linear layers for each frame, each behind batch norm and dropout; class 0 is background.

    Args:
        num_classes (int): Number of classes C without the background.
        in_channels (int): Size F of a feature, which is also that of the hidden layer.
        dropout (float): Dropout before each linear layer. Defaults to 0.5.
        loss (dict, optional): Config of the loss. Defaults to cross entropy.
        init_cfg (dict, optional): Initialisation. Defaults to None.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        dropout: float = 0.5,
        loss: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.num_classes = num_classes
        self.classify = nn.Sequential(
            BatchNorm(in_channels),
            Dropout(dropout),
            nn.Linear(in_channels, in_channels),
            nn.ReLU(),
            BatchNorm(in_channels),
            Dropout(dropout),
            nn.Linear(in_channels, 1 + num_classes),
        )
        self.loss_module = MODELS.build(loss or dict(type='CrossEntropyLoss'))

    def forward(self, features: Tensor) -> Tensor:
        """Give the logits (N, 1 + C) of the features (N, F) of any N frames."""
        return self.classify(features)

    def loss(self, logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Compute the loss of logits (N, 1 + C) and labels (N,), 0 for background.

        Raises:
            ValueError: If a label is beyond the number of classes.
        """
        if int(labels.max()) > self.num_classes:
            raise ValueError(
                f'A frame has label {int(labels.max())}, but the model has {self.num_classes} '
                "classes; set model.cls_head.num_classes to the sport's number of classes (1 if "
                'the classes are not told apart).'
            )
        return dict(loss_cls=self.loss_module(logits, labels))
