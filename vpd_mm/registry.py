"""Child registries of MMAction2's, under the scope ``vpd_mm``.

With ``default_scope = 'vpd_mm'`` a config names components of this package, of MMAction2 and of
MMEngine alike by their bare names; the nearest registry that knows the name wins.
"""

from mmengine.registry import FUNCTIONS as MMENGINE_FUNCTIONS
from mmengine.registry import Registry

from vpd_mm.compat import check_mmcv

check_mmcv()

from mmaction import registry as mmaction_registry  # noqa: E402

DATASETS = Registry(
    'dataset',
    parent=mmaction_registry.DATASETS,
    scope='vpd_mm',
    locations=['vpd_mm.datasets'],
)
TRANSFORMS = Registry(
    'transform',
    parent=mmaction_registry.TRANSFORMS,
    scope='vpd_mm',
    locations=['vpd_mm.datasets.transforms'],
)
MODELS = Registry(
    'model',
    parent=mmaction_registry.MODELS,
    scope='vpd_mm',
    locations=['vpd_mm.models'],
)
METRICS = Registry(
    'metric',
    parent=mmaction_registry.METRICS,
    scope='vpd_mm',
    locations=['vpd_mm.evaluation'],
)
HOOKS = Registry(
    'hook',
    parent=mmaction_registry.HOOKS,
    scope='vpd_mm',
    locations=['vpd_mm.engine.hooks'],
)
OPTIM_WRAPPERS = Registry(
    'optim_wrapper',
    parent=mmaction_registry.OPTIM_WRAPPERS,
    scope='vpd_mm',
    locations=['vpd_mm.engine.optimizers'],
)
PARAM_SCHEDULERS = Registry(
    'parameter scheduler',
    parent=mmaction_registry.PARAM_SCHEDULERS,
    scope='vpd_mm',
    locations=['vpd_mm.engine.optimizers'],
)
FUNCTIONS = Registry(
    'function',
    parent=MMENGINE_FUNCTIONS,
    scope='vpd_mm',
    locations=['vpd_mm.datasets'],
)
SPORTS = Registry('sport', scope='vpd_mm', locations=['vpd_mm.datasets.sports'])
