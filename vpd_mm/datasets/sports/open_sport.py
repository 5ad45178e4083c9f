"""A sport from its folder alone."""

from pathlib import Path

from vpd_mm.formats import PLAYERS

from .base import Sport, missing_file
from .custom import CustomSport
from .diving48 import FILES as DIVING48_FILES
from .diving48 import Diving48
from .figure_skating import FigureSkating
from .fine_gym import TRAIN_FILE, FineGymFloor
from .label_files import read_label_file
from .penn_action import PennAction
from .tennis import Tennis


def open_sport(data_root: str | Path) -> Sport:
    """Open the folder of a sport; which sport it is, its label files say.

    Args:
        data_root (str | Path): Folder with ``actions.json`` (a `CustomSport`), or with the label
            files of a published sport in ``labels/``.

    Raises:
        FileNotFoundError: If there are no labels of a sport.

    Example:
        >>> open_sport('data/tennis').classes[0]
        'forehand_topspin'
    """
    root = Path(data_root)
    labels = root / 'labels'
    if (root / 'actions.json').is_file():
        return CustomSport(root)
    if (labels / TRAIN_FILE).is_file():
        return FineGymFloor(root)
    for version, files in DIVING48_FILES.items():
        if (labels / files['train']).is_file():
            return Diving48(root, version=version)
    if any(labels.glob('*.mat')):
        return PennAction(root)
    if (labels / 'all.txt').is_file():
        return (Tennis if _names_players(labels / 'all.txt') else FigureSkating)(root)
    raise missing_file(root / 'actions.json', 'the labels of a sport (it, or the folder labels/)')


def _names_players(path: Path) -> bool:
    first = next(iter(read_label_file(path)), '')
    return first.rsplit(':', 2)[1:2] in ([player] for player in PLAYERS)
