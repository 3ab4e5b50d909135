"""The members of a gzipped tar archive whose names are known, read into memory within bounds.

    a block    512 bytes. A member is a block that describes it, and then its content, filled up with zeros to blocks:
    bytes 0-99      its name, up to the first zero       124-135   its length, octal digits
    bytes 148-155   the sum of all bytes of the block, these eight taken as spaces, octal digits
    byte  156       its kind: "0" or zero is a file; others (folders, links, longer names) are passed over
    an empty block ends the archive

Nothing is written to the disk, no link is followed, and no length in the archive is believed further than `most` says.
Source: POSIX.1-1988, ustar interchange format.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..files import open_to_read, why_unread

BLOCK = 512
PIECE = 1 << 20
MOST_MEMBERS = 1000
MOST_PASSED_OVER = 16 << 20  # bytes of members that nobody asked for


def read_members(
    path: Path, names: Set[str], most: int, report: Callable[[int, int], None] | None = None
) -> dict[str, bytes]:
    """Return the content of those members of an archive that bear one of these names.

    Args:
        path: the archive, gzipped.
        names: with folders, as in "folder/file.bin"; a leading "./" in the archive does not matter.
        most: the bytes that one of them may have.
        report: called as report(packed bytes read, packed bytes in all).

    Raises:
        DataError: the file is missing, no such archive, truncated or damaged, or larger than it may be; names it.
    """
    try:
        with open_to_read(path) as packed:
            total = packed.seek(0, 2)
            packed.seek(0)
            with gzip.open(packed) as file:
                return _members(file, path, names, most, lambda: report and report(packed.tell(), total))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: damaged, or no gzip file ({error}); fetch it again") from error
    except OSError as error:
        raise DataError(f"{path}: {why_unread(error)}") from error
    except MemoryError:
        raise DataError(f"{path}: there is not enough memory for what it holds") from None


def _members(file: Any, path: Path, names: Set[str], most: int, tick: Callable[[], Any]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    passed_over = 0
    for _ in range(MOST_MEMBERS):
        header = b"" if len(found) == len(names) else file.read(BLOCK)
        if not header.strip(b"\0"):  # all that was asked for, or the end
            _to_the_end(file, path)
            return found
        name, length, kind = _described(header, path)
        room = -(-length // BLOCK) * BLOCK
        if kind in b"0\0" and name in names and name not in found:
            if length > most:
                raise DataError(f"{path}: {name} has {length:,} bytes; at most {most:,} are read")
            content = _exactly(file, room, path, name, tick)
            found[name] = content[:length]
        else:
            passed_over += room
            if passed_over > MOST_PASSED_OVER:
                raise DataError(f"{path}: holds more than {MOST_PASSED_OVER:,} bytes that were not asked for")
            _exactly(file, room, path, name, tick)
    raise DataError(f"{path}: holds more than {MOST_MEMBERS:,} members")


def _described(header: bytes, path: Path) -> tuple[str, int, bytes]:
    """Return the name, the length and the kind of the member that a block describes."""
    if len(header) < BLOCK:
        raise DataError(f"{path}: truncated within the archive; fetch it again")
    try:
        length, expected = (int(header[a:b].strip(b" \0") or b"0", 8) for a, b in ((124, 136), (148, 156)))
    except ValueError:
        length = expected = -1
    if length < 0 or sum(header[:148]) + 8 * ord(" ") + sum(header[156:]) != expected:
        raise DataError(f"{path}: not a tar archive, or damaged: a member starts with {header[:12]!r}")
    name = header[:100].partition(b"\0")[0].decode("ascii", "replace")
    return name.removeprefix("./"), length, header[156:157]


def _to_the_end(file: Any, path: Path) -> None:
    """Read what is left, for gzip's checksum stands at the end and tells damage of what was read before."""
    left = MOST_PASSED_OVER
    while piece := file.read(min(PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            raise DataError(f"{path}: holds more than {MOST_PASSED_OVER:,} bytes that were not asked for")


def _exactly(file: Any, count: int, path: Path, name: str, tick: Callable[[], Any]) -> bytes:
    """Read so many bytes, in pieces: gzip takes as much memory as it is asked for."""
    pieces = []
    while count:
        piece = file.read(min(count, PIECE))
        if not piece:
            raise DataError(f"{path}: truncated within {name}; fetch it again")
        pieces.append(piece)
        count -= len(piece)
        tick()
    return b"".join(pieces)
