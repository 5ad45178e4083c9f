"""Sports: names, labels, splits and paths; nothing of learning."""

from .base import Sport
from .custom import CustomSport
from .diving48 import Diving48
from .figure_skating import FigureSkating
from .fine_gym import FineGymFloor
from .open_sport import open_sport
from .penn_action import PennAction
from .sampling import Sampling
from .tennis import Tennis
from .tennis_swings import TennisSwings

__all__ = [
    'CustomSport',
    'Diving48',
    'FigureSkating',
    'FineGymFloor',
    'PennAction',
    'Sampling',
    'Sport',
    'Tennis',
    'TennisSwings',
    'open_sport',
]
