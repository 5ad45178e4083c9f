"""Mixed precision on whatever device there is."""

import torch
from mmengine.device import get_device
from mmengine.optim import AmpOptimWrapper as MMEngineAmpOptimWrapper
from mmengine.optim import OptimWrapper

from vpd_mm.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class AmpOptimWrapper(MMEngineAmpOptimWrapper):
    """MMEngine's wrapper, which also runs without an accelerator.

    On the CPU it computes in bfloat16, whose range needs no loss scaling, whatever ``dtype`` and
    ``loss_scale`` say; elsewhere it is MMEngine's. Checkpoints move between the two.

    Args:
        loss_scale: See :class:`mmengine.optim.AmpOptimWrapper`.
        dtype: Likewise.
        **kwargs: Likewise.
    """

    def __init__(self, loss_scale='dynamic', dtype=None, **kwargs):
        if get_device() != 'cpu':
            super().__init__(loss_scale=loss_scale, dtype=dtype, **kwargs)
            return
        OptimWrapper.__init__(self, **kwargs)
        self._scale_update_param = None
        self.loss_scaler = torch.amp.GradScaler('cpu', enabled=False)
        self.cast_dtype = torch.bfloat16

    def load_state_dict(self, state_dict: dict) -> None:
        """Load the optimizer's state, and the loss scale where both sides have one."""
        if not state_dict.get('loss_scaler'):
            state_dict.pop('loss_scaler', None)
        super().load_state_dict(state_dict)
