"""The IDX format: the files in which MNIST is published.

    bytes 0-1   0, 0
    byte  2     the type of the numbers (table DTYPES)
    byte  3     d, the number of axes
    then        d axis lengths, each an unsigned 32-bit integer, most significant byte first
    then        the numbers, most significant byte first, the last axis running fastest

Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section FILE FORMATS.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..files import open_to_read, why_unread

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP_MAGIC = b"\x1f\x8b"
MAX_AXES = 8
PIECE = 1 << 20
MAX_BYTES = 1 << 30  # 1 GiB; EMNIST ByClass has 547 MB. A damaged header can ask for anything.


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """Return the array in an IDX file, plain or gzipped (told apart by content, not by name).

    Returns: an array in native byte order, of uint8, int8, int16, int32, float32 or float64.

    Raises:
        DataError: names the file, which is missing, no IDX file, truncated, damaged, or has bytes left over.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "tiny-idx2-ubyte"
    >>> _ = path.write_bytes(bytes([0, 0, 8, 2,  0, 0, 0, 2,  0, 0, 0, 3,  10, 11, 12, 13, 14, 15]))
    >>> read_idx(path)
    array([[10, 11, 12],
           [13, 14, 15]], dtype=uint8)
    """
    path = Path(path)
    try:
        with open_to_read(path) as file:
            if file.peek(2)[:2] == GZIP_MAGIC:
                with gzip.open(file) as unzipped:
                    return _read(cast(BinaryIO, unzipped), path)
            return _read(file, path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: damaged gzip file ({error}); fetch it again") from error
    except OSError as error:
        raise DataError(f"{path}: {why_unread(error)}") from error
    except MemoryError:
        raise DataError(f"{path}: there is not enough memory for what it holds") from None


def _read(file: BinaryIO, path: Path) -> NDArray[Any]:
    dtype, shape = _read_header(file, path)
    expected = math.prod(shape) * dtype.itemsize
    room = math.prod(max(length, 1) for length in shape) * dtype.itemsize  # (0, 2**40) is no array of NumPy either
    if room > MAX_BYTES:
        raise DataError(f"{path}: the header asks for shape {shape}, {room:,} bytes; at most {MAX_BYTES:,} are read")
    array = np.empty(shape, dtype)
    found = _fill(array.reshape(-1).view(np.uint8).data, file)
    if found < expected:
        raise DataError(
            f"{path}: truncated: shape {shape} needs {expected:,} bytes of data, found {found:,}; fetch the file again"
        )
    if file.read(1):
        raise DataError(f"{path}: more data than the {expected:,} bytes that shape {shape} needs; fetch the file again")
    return array if dtype.isnative else array.byteswap(inplace=True).view(dtype.newbyteorder("="))


def _read_header(file: BinaryIO, path: Path) -> tuple[np.dtype[Any], tuple[int, ...]]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in DTYPES or not 1 <= magic[3] <= MAX_AXES:
        seen = f"starts with {magic!r}" if magic else "is empty"
        raise DataError(
            f"{path}: not an IDX file: it {seen}; expected two zero bytes, a type code and 1-{MAX_AXES} axes"
        )
    lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(f"{path}: truncated within the header; fetch the file again")
    return np.dtype(DTYPES[magic[2]]), tuple(np.frombuffer(lengths, ">u4").tolist())


def _fill(memory: memoryview, file: BinaryIO) -> int:
    """Read from the file until the memory is full or the file ends; return how many bytes that were.

    In pieces, because gzip reads as much as it is asked for into memory of its own.
    """
    filled = 0
    while filled < len(memory):
        count = file.readinto(memory[filled : filled + PIECE])  # type: ignore[attr-defined]
        if not count:
            break
        filled += count
    return filled
