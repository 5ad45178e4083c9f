"""Image networks of torchvision and timm over RGB and optical flow."""

import torch
from mmengine.model import BaseModule
from torch import nn

from vpd_mm.registry import MODELS

from .rgb_flow_resnet import inflate_stem

LIBRARIES = ('torchvision', 'timm')


@MODELS.register_module()
class ImageBackbone(BaseModule):
    """A classification network of torchvision or timm without its classes, for any channels.

    Where pretrained RGB weights are loaded, the first kernel is their mean over RGB, repeated for
    every channel.

    Args:
        name: Library and network, such as 'torchvision.convnext_tiny' or
            'timm.vit_small_patch16_224'.
        in_channels: 3 for RGB, 5 for RGB and flow.
        pretrained: File of the network's weights, or 'imagenet' for the library's own, which are
            downloaded.
        init_cfg: See :class:`mmengine.model.BaseModule`.
        **kwargs: What the network takes besides, such as ``image_size=128`` for torchvision's
            transformers and ``img_size=128`` for timm's.

    Raises:
        ImportError: If the library is not installed.
        ValueError: If there is no such network.

    Example:
        >>> network = ImageBackbone('torchvision.convnext_tiny')
        >>> network(torch.zeros(1, 5, 64, 64)).shape
        torch.Size([1, 768])
    """

    def __init__(
        self,
        name: str,
        in_channels: int = 5,
        pretrained: str | None = None,
        init_cfg: dict | None = None,
        **kwargs,
    ) -> None:
        super().__init__(init_cfg=init_cfg)
        self.name = name
        self.pretrained = pretrained
        self.network = build_network(name, **kwargs)
        self.stem = widen_stem(self.network, in_channels)

    def init_weights(self) -> None:
        """Load the pretrained weights, if any.

        Raises:
            ValueError: If the file's weights are not the network's.
        """
        super().init_weights()
        if self.pretrained is None:
            return
        if self.pretrained == 'imagenet':
            weights = build_network(self.name, pretrained=True).state_dict()
        else:
            weights = torch.load(self.pretrained, map_location='cpu', weights_only=True)
        own = self.network.state_dict()
        key = f'{self.stem}.weight'
        if key in weights and weights[key].shape != own[key].shape:
            weights[key] = inflate_stem(weights[key], own[key].shape[1])
        wrong = [n for n in own if n not in weights or weights[n].shape != own[n].shape]
        if wrong:
            raise ValueError(
                f'{self.pretrained}: {len(wrong)} weights of {self.name} are missing or of another '
                f'shape, such as {wrong[0]}; name weights of this network'
            )
        self.network.load_state_dict({name: weights[name] for name in own})

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) to (B, D), the features that the network tells classes by."""
        return self.network(images)


def build_network(name: str, pretrained: bool = False, **kwargs) -> nn.Module:
    """Network over RGB that gives features instead of classes.

    Raises:
        ImportError: If the library is not installed.
        ValueError: If there is no such network.
    """
    library, _, network = name.partition('.')
    if library not in LIBRARIES:
        raise ValueError(
            f'{name!r} is no network; write torchvision.NAME or timm.NAME, such as '
            'torchvision.convnext_tiny'
        )
    build = _from_torchvision if library == 'torchvision' else _from_timm
    try:
        return build(network, pretrained, kwargs)
    except ImportError as error:
        raise ImportError(f'{name} needs {library}; run `pip install {library}`') from error


def widen_stem(network: nn.Module, in_channels: int) -> str:
    """Let the first convolution take other channels; gives its name."""
    stem = next(n for n, layer in network.named_modules() if isinstance(layer, nn.Conv2d))
    old = network.get_submodule(stem)
    if old.in_channels != in_channels:
        new = nn.Conv2d(
            in_channels,
            old.out_channels,
            old.kernel_size,
            old.stride,
            old.padding,
            bias=old.bias is not None,
        )
        _replace(network, stem, new)
    return stem


def _from_torchvision(network: str, pretrained: bool, kwargs: dict) -> nn.Module:
    from torchvision import models

    if network not in models.list_models(module=models):
        raise ValueError(
            f'torchvision has no network {network!r}; see torchvision.models.list_models()'
        )
    model = models.get_model(network, weights='DEFAULT' if pretrained else None, **kwargs)
    linear = [n for n, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    if not linear:
        raise ValueError(f"torchvision's {network} has no linear layer behind its features")
    _replace(model, linear[-1], nn.Identity())
    return model


def _from_timm(network: str, pretrained: bool, kwargs: dict) -> nn.Module:
    import timm

    if not timm.is_model(network):
        raise ValueError(f'timm has no network {network!r}; see timm.list_models()')
    return timm.create_model(network, pretrained=pretrained, num_classes=0, **kwargs)


def _replace(network: nn.Module, name: str, layer: nn.Module) -> None:
    parent, _, attribute = name.rpartition('.')
    setattr(network.get_submodule(parent), attribute, layer)
