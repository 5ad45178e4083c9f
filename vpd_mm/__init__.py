"""Video Pose Distillation as a plugin of MMAction2."""

from vpd_mm.compat import apply_workarounds
from vpd_mm.version import __version__

apply_workarounds()

__all__ = ['__version__']
