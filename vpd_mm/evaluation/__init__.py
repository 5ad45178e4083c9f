import mmaction.evaluation  # noqa: F401  registers MMAction2's metrics in the parent registry

from .metrics import *
