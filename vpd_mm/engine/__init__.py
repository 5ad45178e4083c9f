import mmaction.engine  # noqa: F401  registers MMAction2's hooks in the parent registry

from .hooks import *
from .optimizers import *
