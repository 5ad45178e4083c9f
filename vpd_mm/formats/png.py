"""PNG files written fast: images take three quarters of the time when crops are extracted."""

import struct
import zlib

import numpy as np

try:  # five times as fast as zlib at its fastest, for files a fifth larger than its
    from isal import isal_zlib as fast_zlib
except ImportError:
    fast_zlib = zlib

_SIGNATURE = b'\x89PNG\r\n\x1a\n'
_GRAY, _COLOUR = 0, 2
_MINUS_THE_LEFT_PIXEL = 1


def encode_png(image: np.ndarray) -> bytes:
    """Encode an image as PNG, without loss.

    Args:
        image: (H, W, 3) uint8 RGB, or (H, W) uint8 gray.

    Returns:
        bytes: The file. The same pixels give the same bytes wherever the same compressor is
        installed (isal, else zlib).

    Example:
        >>> encode_png(np.zeros((2, 2), np.uint8))[1:4]
        b'PNG'
    """
    height, width = image.shape[:2]
    colour, channels = (_COLOUR, 3) if image.ndim == 3 else (_GRAY, 1)
    pixels = image.reshape(height, width * channels)
    rows = np.empty((height, 1 + width * channels), np.uint8)
    rows[:, 0] = _MINUS_THE_LEFT_PIXEL
    rows[:, 1 : 1 + channels] = pixels[:, :channels]
    np.subtract(pixels[:, channels:], pixels[:, :-channels], out=rows[:, 1 + channels :])
    header = struct.pack('>IIBBBBB', width, height, 8, colour, 0, 0, 0)
    parts = (b'IHDR', header), (b'IDAT', fast_zlib.compress(rows, 1)), (b'IEND', b'')
    return _SIGNATURE + b''.join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = fast_zlib.crc32(data, fast_zlib.crc32(name))
    return b''.join((struct.pack('>I', len(data)), name, data, struct.pack('>I', checksum)))
