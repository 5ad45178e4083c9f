import mmaction.datasets  # noqa: F401  registers MMAction2's datasets in the parent registry

from .sports import *
from .transforms import *
