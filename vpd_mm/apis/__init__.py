"""What a program imports; a class is loaded when it is first named."""

from importlib import import_module

_HOME = {'ActionRetriever': 'retrieval', 'Match': 'retrieval'}

__all__ = ['ActionRetriever', 'Match']


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'.{_HOME[name]}', __name__), name)
