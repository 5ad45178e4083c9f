"""Classification of a sequence of features."""

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn import functional

from vpd_mm.models.backbones.recurrent import valid_steps
from vpd_mm.registry import MODELS


class BatchNorm(nn.BatchNorm1d):
    """Batch norm that meets a lone sample, in training too, with its running statistics."""

    def forward(self, inputs: Tensor) -> Tensor:
        if len(inputs) > 1:
            return super().forward(inputs)
        return functional.batch_norm(
            inputs, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


@MODELS.register_module()
class SequenceClsHead(BaseModule):
    """Pool over time, then two linear layers, each behind batch norm and dropout.

    Args:
        num_classes (int): Number of classes C.
        in_channels (int): Size F of a feature.
        hidden_channels (int, optional): Size of the hidden layer. Defaults to F.
        pooling (str): ``'max'`` over the valid steps, or ``'attention'`` whose query comes from
            the final states. Defaults to ``'max'``.
        state_channels (int, optional): Size S of the final states, for attention.
        dropout (float): Dropout before each linear layer. Defaults to 0.5.
        batch_norm (bool): Whether there are the batch norms. Defaults to True.
        loss (dict): Config of the loss. Defaults to cross entropy.
        init_cfg (dict, optional): Initialisation. Defaults to None.
    """

    def __init__(
        self,
        num_classes: int,
        in_channels: int,
        hidden_channels: int | None = None,
        pooling: str = 'max',
        state_channels: int | None = None,
        dropout: float = 0.5,
        batch_norm: bool = True,
        loss: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if pooling not in ('max', 'attention') or (pooling == 'attention') != bool(state_channels):
            raise ValueError(
                f'pooling is {pooling!r} with state_channels {state_channels}; choose "max", or '
                '"attention" together with the size of the final states.'
            )
        self.num_classes = num_classes
        self.query = None
        if pooling == 'attention':
            self.query = nn.Sequential(nn.Linear(state_channels, in_channels), nn.ReLU())
        hidden_channels = hidden_channels or in_channels
        norm = BatchNorm if batch_norm else nn.Identity
        self.classify = nn.Sequential(
            norm(in_channels),
            nn.Dropout(dropout),
            nn.Linear(in_channels, hidden_channels),
            nn.ReLU(),
            norm(hidden_channels),
            nn.Dropout(dropout),
            nn.Linear(hidden_channels, num_classes),
        )
        self.loss_module = MODELS.build(loss or dict(type='CrossEntropyLoss'))

    def forward(self, features: Tensor, states: Tensor, length: Tensor) -> Tensor:
        """Give class scores.

        Args:
            features (Tensor): (N, T, F), padded behind the end.
            states (Tensor): Final states, (N, S).
            length (Tensor): (N,) int64.

        Returns:
            Tensor: Logits, (N, C).
        """
        padding = ~valid_steps(features, length).unsqueeze(-1)
        if self.query is None:
            pooled = features.masked_fill(padding, -torch.inf).amax(1)
        else:
            scores = features @ self.query(states).unsqueeze(-1)
            weights = scores.masked_fill(padding, -torch.inf).softmax(1)
            pooled = (features * weights).sum(1)
        return self.classify(pooled)

    def loss(self, logits: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Compute the loss of logits (N, C) and labels (N,).

        Raises:
            ValueError: If a label is beyond the number of classes.
        """
        if int(labels.max()) >= self.num_classes:
            raise ValueError(
                f'A label is {int(labels.max())}, but the model has {self.num_classes} classes; '
                "set model.cls_head.num_classes to the sport's number of classes."
            )
        return dict(loss_cls=self.loss_module(logits, labels))
