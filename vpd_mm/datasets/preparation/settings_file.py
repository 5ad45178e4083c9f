"""A note of the settings that a folder was made with, so that two settings are never mixed."""

from pathlib import Path

from vpd_mm.formats import FormatError, read_json, write_json


def keep_settings(path: str | Path, settings: dict) -> None:
    """Write settings into a note, or compare them with those it holds.

    In a folder that holds nothing but notes, any settings are right.

    Args:
        path: The note, such as ``data/fs/crops/crops.json``.
        settings: Names with plain values.

    Raises:
        FormatError: If the note holds other settings; it names the first that differs.

    Example:
        >>> keep_settings('crops/crops.json', dict(dim=128, smooth=True))
    """
    path = Path(path)
    if not path.exists() or _is_empty(path.parent):
        write_json(path, settings)
        return
    kept = read_json(path)
    if not isinstance(kept, dict):
        raise FormatError(path, 'is not a note of settings; remove it if the rest is to be kept')
    for name in sorted(kept.keys() | settings.keys()):
        if kept.get(name) != settings.get(name):
            raise FormatError(
                path,
                f'says that this folder was made with {name} {_shown(kept.get(name))}, not '
                f'{_shown(settings.get(name))}; give the same options again, or another folder',
            )


def _is_empty(folder: Path) -> bool:
    return all(path.suffix == '.json' or path.name.startswith('.') for path in folder.iterdir())


def _shown(value) -> str:
    if value is None:
        return 'unset'
    return str(value) if not isinstance(value, bool) else 'on' if value else 'off'
