"""Splits in ``actions.json``: replaced, and everything else kept."""

import re
from collections.abc import Mapping
from pathlib import Path

from vpd_mm.datasets.sports.splits import FEW_SHOT
from vpd_mm.formats import FormatError, read_json, write_json

WHOLE = ('train', 'val', 'test')
ANY = re.compile(rf'{"|".join(WHOLE)}|{FEW_SHOT.pattern}')


def replace_splits(
    path: str | Path, splits: Mapping[str, list[str]], names: re.Pattern, force: bool = False
) -> dict[str, list[str]]:
    """Write splits into ``actions.json``, in the place of all whose names match.

    Args:
        path: The file; whatever else it holds is kept.
        splits: The new splits.
        names: Names of the splits that go; those of an older division of the videos would leak.
        force: Whether splits may go at all.

    Returns:
        All splits that the file then has.

    Raises:
        FormatError: If splits would be replaced without `force`.
    """
    content = read_json(path)
    gone = [name for name in content['splits'] if names.fullmatch(name)]
    if gone and not force:
        listed = ', '.join(gone[:5]) + (', …' if gone[5:] else '')
        raise FormatError(
            path,
            f'has splits already ({listed}); replace them with --force, or keep train, val and '
            'test with --few-shot-only',
        )
    kept = {name: ids for name, ids in content['splits'].items() if name not in gone}
    content['splits'] = kept | dict(splits)
    write_json(path, content, indent=True)
    return content['splits']
