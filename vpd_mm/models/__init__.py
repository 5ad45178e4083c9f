import mmaction.models  # noqa: F401  registers MMAction2's models in the parent registry

from .backbones import *
from .data_preprocessors import *
from .embedders import *
from .heads import *
from .localizers import *
from .losses import *
from .recognizers import *
