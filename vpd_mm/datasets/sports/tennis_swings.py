"""All swings of tennis matches, to be found in time."""

from vpd_mm.registry import SPORTS

from .tennis import Tennis


@SPORTS.register_module()
class TennisSwings(Tennis):
    """The strokes of :class:`Tennis`, serves and unknown swings: what detection looks for.

    Source: Hong et al., "Video Pose Distillation for Few-Shot, Fine-Grained Sports Action
    Recognition", ICCV 2021.
    """

    classes = (*Tennis.classes, 'serve', 'unknown_swing')
    other_labels = ('nonshot', 'special')
