import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest

from vpd_mm.formats import FormatError, read_pickle, write_pickle

PLAIN = {
    'list': [1, 2.5, 'text', None, True, b'bytes', 3j],
    ('tuple', 1): {1, 2},
    'ordered': OrderedDict(a=1),
}
ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.array(['a', 'bc']),
    np.array([True, False]),
    np.arange(3, dtype='>i4'),
    np.zeros((0, 4)),
    np.float32(1.5),
    np.int64(-7),
]


class Attack:
    def __reduce__(self):
        return os.getenv, ('HOME',)


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Protocol 2 names modules in lines of text, so that they can be replaced."""
    return data.replace(b'c' + old, b'c' + new)


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_values_read_under_every_protocol(tmp_path, protocol):
    (tmp_path / 'a.pkl').write_bytes(pickle.dumps(PLAIN, protocol=protocol))
    assert read_pickle(tmp_path / 'a.pkl') == PLAIN


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize('array', ARRAYS, ids=repr)
def test_arrays_read_under_every_protocol(tmp_path, protocol, array):
    data = pickle.dumps(array, protocol=protocol)
    (tmp_path / 'a.pkl').write_bytes(data)
    read = read_pickle(tmp_path / 'a.pkl')
    assert type(read) is type(array) and read.dtype == pickle.loads(data).dtype
    assert np.array_equal(read, array)


@pytest.mark.parametrize(
    ('old', 'new'), [(b'numpy.core.', b'numpy._core.'), (b'numpy._core.', b'numpy.core.')]
)
def test_names_of_both_numpy_generations_read(tmp_path, old, new):
    array = np.arange(3.0)
    (tmp_path / 'a.pkl').write_bytes(renamed(pickle.dumps(array, protocol=2), old, new))
    assert np.array_equal(read_pickle(tmp_path / 'a.pkl'), array)


@pytest.mark.parametrize(
    'content',
    [
        Attack(),
        [Attack()],
        os.system,
        eval,
        getattr,
        bytearray,
        np.load,
        np.array([Attack()], dtype=object),
        np.zeros(2, dtype=[('a', 'f4')]),
        np.ma.masked_array([1.0]),
    ],
    ids=str,
)
@pytest.mark.parametrize('protocol', [0, 2, 4])
def test_anything_else_is_refused(tmp_path, content, protocol):
    (tmp_path / 'bad.pkl').write_bytes(pickle.dumps(content, protocol=protocol))
    with pytest.raises(FormatError, match=r'bad\.pkl: is not a readable pickle') as caught:
        read_pickle(tmp_path / 'bad.pkl')
    assert '; ' in str(caught.value)


def test_huge_arrays_are_not_made(tmp_path):
    (tmp_path / 'a.pkl').write_bytes(b'\x80\x04cnumpy\nndarray\n(J\xff\xff\xff\x7ftR.')
    with pytest.raises(FormatError):
        read_pickle(tmp_path / 'a.pkl')


def test_write_then_read(tmp_path):
    write_pickle(tmp_path / 'more' / 'a.pkl', PLAIN)
    assert read_pickle(tmp_path / 'more' / 'a.pkl') == PLAIN


def test_errors_can_be_sent_between_processes():
    error = pickle.loads(pickle.dumps(FormatError('a.pkl', 'is wrong; mend it')))
    assert str(error) == 'a.pkl: is wrong; mend it'
