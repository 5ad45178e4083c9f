"""Packed crops: one file ``<video>.crops`` a video, with its list of frames inside.

A file is: 8 bytes that name the format, a record a frame, the index, and a tail that says where
the index begins. A record is the image, flow and mask of a frame with their checksum, and then the
previous image with its own. Files appear when they are complete, so that several processes may
write one data set, and nothing stays open between two reads, so that any process may read it.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import numpy as np

from .atomic import atomic_path
from .crop_codecs import (
    decode_array,
    decode_mask,
    decode_rgb,
    encode_array,
    encode_mask,
    encode_rgb,
)
from .crops import Crop
from .errors import FormatError

SUFFIX = '.crops'
_MAGIC = b'vpdcrop1'
_TAIL = struct.Struct('<QQL8s')  # offset and length of the index, checksum of both and it, magic
_CHECKSUM = struct.Struct('<L')
_ENTRY = np.dtype(
    [(name, '<i8') for name in ('frame', 'offset')]
    + [(name, '<u4') for name in ('rgb', 'flow', 'mask', 'previous')]
)
_READ = os.O_RDONLY | getattr(os, 'O_BINARY', 0)
_HELP = 'pack or extract the crops of this video again'


def write_packed_video(
    path: str | Path,
    crops: Iterable[tuple[int, Crop, np.ndarray | None]],
    lossless: bool = False,
) -> int:
    """Write the crops of one video as one file, whole or not at all.

    Args:
        path: The file, ``<video>.crops``.
        crops: Frame number, crop (its mask may be uint8, grey on edges) and the previous crop or
            None; in any order.
        lossless: Keep the images exactly; otherwise as JPEG of quality 95. Flow and mask are
            always exact.

    Returns:
        int: Number of crops.

    Raises:
        ValueError: If a frame comes twice.
        OSError: If there is no space or permission.
    """
    path = Path(path)
    entries, offset = [], len(_MAGIC)
    try:
        with atomic_path(path) as temporary, open(temporary, 'wb') as file:
            file.write(_MAGIC)
            for frame, crop, previous in crops:
                sizes, record = _encode(crop, previous, lossless)
                file.write(record)
                entries.append((int(frame), offset, *sizes))
                offset += len(record)
            file.write(_encode_index(entries, offset, path))
    except OSError as error:
        if error.filename is None and error.strerror:
            error.filename = str(path)
        raise
    return len(entries)


def _encode(crop: Crop, previous, lossless: bool) -> tuple[tuple[int, ...], bytes]:
    parts = [
        encode_rgb(crop.rgb, lossless),
        b'' if crop.flow is None else encode_array(crop.flow),
        b'' if crop.mask is None else encode_mask(crop.mask),
    ]
    record = _with_checksum(b''.join(parts))
    last = b'' if previous is None else encode_rgb(previous, lossless)
    return (*map(len, parts), len(last)), record + (_with_checksum(last) if last else b'')


def _with_checksum(data: bytes) -> bytes:
    return data + _CHECKSUM.pack(zlib.crc32(data))


def _encode_index(entries: list[tuple], offset: int, path: Path) -> bytes:
    index = np.array(entries, _ENTRY)
    index.sort(order='frame')
    if (np.diff(index['frame']) == 0).any():
        raise ValueError(f'{path}: a frame comes twice among its crops')
    data = index.tobytes()
    return data + _TAIL.pack(offset, len(data), zlib.crc32(data, offset & 0xFFFFFFFF), _MAGIC)


class PackedVideo:
    """The crops in one ``<video>.crops``; its index is read when it is first needed."""

    def __init__(self, path: str | Path):
        self.path = str(path)

    @cached_property
    def index(self) -> np.ndarray:
        """One row a frame, ascending: where its record lies and how long the parts of it are.

        Raises:
            FileNotFoundError: If there is no such file.
            FormatError: If the file is no such file, cut short or damaged.
        """
        size = os.path.getsize(self.path)
        if size < len(_MAGIC) + _TAIL.size or self._bytes(0, len(_MAGIC)) != _MAGIC:
            raise FormatError(self.path, f'is not a file of packed crops; {_HELP}')
        offset, length, checksum, magic = _TAIL.unpack(self._bytes(size - _TAIL.size, _TAIL.size))
        if magic != _MAGIC or offset + length + _TAIL.size != size or length % _ENTRY.itemsize:
            raise FormatError(self.path, f'is cut short or damaged at its end; {_HELP}')
        data = self._bytes(offset, length)
        if zlib.crc32(data, offset & 0xFFFFFFFF) != checksum:
            raise FormatError(self.path, f'has a damaged list of frames; {_HELP}')
        return np.frombuffer(data, _ENTRY)

    @cached_property
    def frame(self) -> np.ndarray:
        """Frames that have a crop, (N,) int64, ascending."""
        return self.index['frame'].astype(np.int64)

    def read(self, frame: int) -> Crop:
        """Read a crop.

        Raises:
            FileNotFoundError: If the frame has no crop.
            FormatError: If the file is damaged.
        """
        _, offset, rgb, flow, mask, _ = self._entry(frame)
        data = self._checked(offset, rgb + flow + mask, frame)
        rgb, flow, mask = data[:rgb], data[rgb : rgb + flow], data[rgb + flow :]
        return Crop(
            self._decoded(decode_rgb, rgb, frame),
            self._decoded(decode_array, flow, frame) if flow else None,
            self._decoded(decode_mask, mask, frame) if mask else None,
        )

    def read_previous(self, frame: int) -> np.ndarray:
        """Read what the crop's window held in the previous frame, (H, W, 3) uint8 RGB.

        Raises:
            FileNotFoundError: If the frame has no crop, or was packed without the previous one.
            FormatError: If the file is damaged.
        """
        _, offset, rgb, flow, mask, previous = self._entry(frame)
        if not previous:
            raise FileNotFoundError(
                f'{self.path}: was packed without the previous crop of frame {frame}; '
                'compute flow from the crop directory, before packing'
            )
        data = self._checked(offset + rgb + flow + mask + _CHECKSUM.size, previous, frame)
        return self._decoded(decode_rgb, data, frame)

    def _entry(self, frame: int) -> tuple[int, ...]:
        place = int(np.searchsorted(self.frame, frame))
        if place == len(self.frame) or self.frame[place] != frame:
            raise FileNotFoundError(f'{self.path}: has no crop of frame {frame}')
        return self.index[place].item()

    def _checked(self, offset: int, length: int, frame: int) -> bytes:
        record = self._bytes(offset, length + _CHECKSUM.size)
        data = record[:length]
        if record != _with_checksum(data):
            raise FormatError(self.path, f'has a damaged crop of frame {frame}; {_HELP}')
        return data

    def _decoded(self, decode: Callable, data: bytes, frame: int) -> np.ndarray:
        try:
            return decode(data)
        except (ValueError, RuntimeError, zlib.error, struct.error) as error:
            raise FormatError(
                self.path, f'has a crop of frame {frame} that does not decode ({error}); {_HELP}'
            ) from error

    def _bytes(self, offset: int, length: int) -> bytes:
        file = os.open(self.path, _READ)  # in half the time that a file object takes
        try:
            os.lseek(file, offset, os.SEEK_SET)
            return os.read(file, length)
        finally:
            os.close(file)
