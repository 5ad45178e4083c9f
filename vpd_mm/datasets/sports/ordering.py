"""Shuffling that stays the same for ever, whatever else is shuffled with it."""

import hashlib
from collections.abc import Iterable


def shuffled(names: Iterable[str], *seed: object) -> list[str]:
    """Order names by a hash of the seed and the name.

    The order does not depend on the order given, on a library's version, or on the platform, and
    two names keep their order when others come or go.

    Args:
        names: Distinct names.
        *seed: What the order depends on.

    Example:
        >>> shuffled(['a', 'b', 'c'], 0) == shuffled(['c', 'b', 'a'], 0)
        True
    """
    prefix = '\0'.join(map(str, seed))
    return sorted(names, key=lambda name: hashlib.sha256(f'{prefix}\0{name}'.encode()).digest())
