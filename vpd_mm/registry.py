"""Child registries of MMAction2's, under the scope ``vpd_mm``.

With ``default_scope = 'vpd_mm'`` a config names components of this package, of MMAction2 and of
MMEngine alike by their bare names; the nearest registry that knows the name wins.
"""

from mmengine.registry import FUNCTIONS as MMENGINE_FUNCTIONS
from mmengine.registry import Registry

from vpd_mm.compat import check_mmcv

check_mmcv()

from mmaction import registry as mmaction  # noqa: E402


def _child(parent: Registry, *locations: str) -> Registry:
    """Registry under `parent` whose components lie in the modules `locations`."""
    return Registry(parent.name, parent=parent, scope='vpd_mm', locations=list(locations))


DATASETS = _child(mmaction.DATASETS, 'vpd_mm.datasets')
TRANSFORMS = _child(mmaction.TRANSFORMS, 'vpd_mm.datasets.transforms')
MODELS = _child(mmaction.MODELS, 'vpd_mm.models')
METRICS = _child(mmaction.METRICS, 'vpd_mm.evaluation')
HOOKS = _child(mmaction.HOOKS, 'vpd_mm.engine.hooks')
OPTIM_WRAPPERS = _child(mmaction.OPTIM_WRAPPERS, 'vpd_mm.engine.optimizers')
PARAM_SCHEDULERS = _child(mmaction.PARAM_SCHEDULERS, 'vpd_mm.engine.optimizers')
FUNCTIONS = _child(MMENGINE_FUNCTIONS, 'vpd_mm.datasets')
SPORTS = Registry('sport', scope='vpd_mm', locations=['vpd_mm.datasets.sports'])

# Nothing of this package is in the following ones; they let configs name what the parents hold.
RUNNERS = _child(mmaction.RUNNERS, 'mmaction.engine.runner')
RUNNER_CONSTRUCTORS = _child(mmaction.RUNNER_CONSTRUCTORS, 'mmaction.engine.runner')
LOOPS = _child(mmaction.LOOPS, 'mmaction.engine.runner')
DATA_SAMPLERS = _child(mmaction.DATA_SAMPLERS, 'mmaction.datasets')
MODEL_WRAPPERS = _child(mmaction.MODEL_WRAPPERS, 'mmaction.models')
WEIGHT_INITIALIZERS = _child(mmaction.WEIGHT_INITIALIZERS, 'mmaction.models')
OPTIMIZERS = _child(mmaction.OPTIMIZERS, 'mmaction.engine.optimizers')
OPTIM_WRAPPER_CONSTRUCTORS = _child(
    mmaction.OPTIM_WRAPPER_CONSTRUCTORS, 'mmaction.engine.optimizers'
)
EVALUATOR = _child(mmaction.EVALUATOR, 'mmaction.evaluation')
TASK_UTILS = _child(mmaction.TASK_UTILS, 'mmaction.models')
VISUALIZERS = _child(mmaction.VISUALIZERS, 'mmaction.visualization')
VISBACKENDS = _child(mmaction.VISBACKENDS, 'mmaction.visualization')
LOG_PROCESSORS = _child(mmaction.LOG_PROCESSORS, 'mmaction.engine')
INFERENCERS = _child(mmaction.INFERENCERS, 'mmaction.apis.inferencers')
