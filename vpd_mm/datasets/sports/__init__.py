"""Sports: names, labels, splits and paths; nothing of learning."""

from .base import Sport
from .custom import CustomSport
from .figure_skating import FigureSkating
from .open_sport import open_sport

__all__ = ['CustomSport', 'FigureSkating', 'Sport', 'open_sport']
