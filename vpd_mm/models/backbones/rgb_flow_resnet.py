"""ResNet over RGB and optical flow."""

import torch
from mmaction.models import ResNet

from vpd_mm.registry import MODELS


def inflate_stem(weight: torch.Tensor, in_channels: int) -> torch.Tensor:
    """Kernel for more channels: the mean over the given channels, once for each.

    Args:
        weight: (O, 3, k, k).
        in_channels: Channels C of the result.

    Returns:
        (O, C, k, k).
    """
    return weight.mean(1, keepdim=True).repeat(1, in_channels, 1, 1)


@MODELS.register_module()
class RGBFlowResNet(ResNet):
    """MMAction2's ResNet whose first convolution also sees flow.

    Where pretrained RGB weights are loaded, the first kernel is their mean over RGB, repeated for
    every channel.

    Args:
        depth: 18, 34, 50, 101 or 152.
        in_channels: 3 for RGB, 5 for RGB and flow.
        **kwargs: See :class:`mmaction.models.ResNet`; ``pretrained`` names torchvision weights.
    """

    def __init__(self, depth: int, in_channels: int = 5, **kwargs):
        super().__init__(depth, in_channels=in_channels, **kwargs)

    @staticmethod
    def _load_conv_params(conv, state_dict_tv, module_name_tv, loaded_param_names) -> None:
        key = f'{module_name_tv}.weight'
        if module_name_tv == 'conv1' and conv.in_channels != state_dict_tv[key].shape[1]:
            conv.weight.data.copy_(inflate_stem(state_dict_tv[key], conv.in_channels))
            loaded_param_names.append(key)
            return
        ResNet._load_conv_params(conv, state_dict_tv, module_name_tv, loaded_param_names)
