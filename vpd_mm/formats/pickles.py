"""Reading pickles of numbers without running what they ask for."""

import collections
import io
import pickle
import re
from pathlib import Path

import numpy as np

from .atomic import atomic_path
from .errors import FormatError

# Whole numbers, floats, complex, truth values and text; no objects, no records.
_PLAIN_TYPE = re.compile(r'[<>=|]?[biufcSU]\d+')
_ARRAY = object()  # stands for the class numpy.ndarray, which a file must not call


class _Dtype:
    """A pickled numpy.dtype of which only kind, size and byte order count.

    A real one would take flags from the file that make NumPy read numbers as addresses.
    """

    def __init__(self, code, align=False, copy=True):
        code = code.decode('ascii') if isinstance(code, bytes) else code
        if not isinstance(code, str) or not _PLAIN_TYPE.fullmatch(code):
            raise pickle.UnpicklingError(f'array type {code!r} is not allowed')
        self.numpy = np.dtype(code)

    def __setstate__(self, state):
        order = state[1].decode('ascii') if isinstance(state[1], bytes) else state[1]
        self.numpy = self.numpy.newbyteorder(order)


class _Array(np.ndarray):
    """An array while it is being read."""

    def __setstate__(self, state):
        _, shape, dtype, fortran, data = state
        super().__setstate__((1, shape, dtype.numpy, bool(fortran), data))


def _empty_array(kind, shape, code) -> _Array:
    if kind is not _ARRAY:
        raise pickle.UnpicklingError('only plain arrays are allowed')
    return _Array(0, np.int8)


def _array_of_buffer(buffer, dtype, shape, order) -> np.ndarray:
    return np.frombuffer(buffer, dtype.numpy).reshape(shape, order=order).copy(order)


def _scalar(dtype, data):
    return np.frombuffer(data, dtype.numpy, count=1)[0]


def _finished(value):
    """The value with plain arrays in place of those being read, in containers too."""
    kind = type(value)
    if kind is _Array:
        return value.view(np.ndarray)
    if kind is list or kind is tuple:
        return kind([_finished(item) for item in value])
    if isinstance(value, dict):
        for key, item in value.items():
            value[key] = _finished(item)
    return value


def _encode_text(text, encoding) -> bytes:
    if encoding != 'latin1':
        raise pickle.UnpicklingError(f'text encoding {encoding!r} is not allowed')
    return text.encode('latin1')


def _no_bytes() -> bytes:
    """Empty bytes, which old protocols write as a call; of a given length is not allowed."""
    return b''


_ALLOWED = {
    ('builtins', 'bytes'): _no_bytes,
    ('numpy', 'ndarray'): _ARRAY,
    ('numpy', 'dtype'): _Dtype,
    ('_codecs', 'encode'): _encode_text,
    ('collections', 'OrderedDict'): collections.OrderedDict,
    ('collections', 'defaultdict'): collections.defaultdict,
}
for _core in ('numpy.core', 'numpy._core'):
    _ALLOWED[f'{_core}.multiarray', '_reconstruct'] = _empty_array
    _ALLOWED[f'{_core}.multiarray', 'scalar'] = _scalar
    _ALLOWED[f'{_core}.numeric', '_frombuffer'] = _array_of_buffer
for _kind in (complex, dict, float, frozenset, int, list, set):
    _ALLOWED['builtins', _kind.__name__] = _kind


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        module = 'builtins' if module == '__builtin__' else module
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f'it asks for {module}.{name}') from None


def read_pickle(path: str | Path):
    """Read a pickle of plain containers, numbers, text and NumPy arrays; nothing else.

    Files written under NumPy 1 and 2 both read under either. A file cannot run code, but a
    hostile one can still use up the memory, as a compressed file can.

    Raises:
        FileNotFoundError: If there is no such file.
        FormatError: If the file is damaged or asks for anything else.
    """
    data = Path(path).read_bytes()
    try:
        return _finished(_Unpickler(io.BytesIO(data)).load())
    except Exception as error:  # a damaged pickle may raise almost anything
        raise FormatError(
            path,
            f'is not a readable pickle of arrays and plain values ({error}); '
            'write it again or get it from a source that you trust',
        ) from error


def write_pickle(path: str | Path, content) -> None:
    """Write a pickle atomically."""
    with atomic_path(path) as temporary, open(temporary, 'wb') as file:
        pickle.dump(content, file, protocol=4)
