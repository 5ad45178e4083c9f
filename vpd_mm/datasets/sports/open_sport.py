"""A sport from its folder alone."""

from pathlib import Path

from .base import Sport
from .custom import CustomSport
from .figure_skating import FigureSkating


def open_sport(data_root: str | Path) -> Sport:
    """Open a folder with ``actions.json`` as `CustomSport`, any other as `FigureSkating`."""
    custom = (Path(data_root) / 'actions.json').is_file()
    return (CustomSport if custom else FigureSkating)(data_root)
