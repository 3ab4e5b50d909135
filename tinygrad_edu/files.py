"""How files are opened and written: none is read that may never end, and each is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path


def open_to_read(path: str | os.PathLike[str]) -> io.BufferedReader:
    """Open a file for reading.

    Raises OSError, and `why_unread` says why in words: there is no such file, it may not be read, or it is a
    folder, a pipe, a device, a socket, whose reading might wait for ever or never end.
    """
    with _impossible_names(path):
        mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "It is a pipe, a device or a socket, not a file", str(path))
    return open(path, "rb")


def names_in(folder: str | os.PathLike[str]) -> list[str]:
    """Return the names of what is in a folder, sorted.  Raises OSError if there is no such folder to read."""
    with _impossible_names(folder):
        return sorted(os.listdir(folder))


def why_unread(error: OSError) -> str:
    """Say why a file could not be read, to stand after its name.

    >>> why_unread(FileNotFoundError(2, "No such file or directory")), why_unread(PermissionError(13, "Not yours"))
    ('there is no such file', 'cannot be read: Not yours')
    """
    return "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {_reason(error)}"


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file so that its name stands for the old content or the new one, never for half of it.

    It is written aside, brought to the disk, and then renamed.

    Raises OSError, which names the file, when that cannot be done; what was there before is then untouched.
    """
    data = content.encode() if isinstance(content, str) else content
    # The name aside is nobody else's, whichever threads and processes write the same file, and no longer than allowed.
    aside = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        with _impossible_names(path), open(aside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
        _sync_folder(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError, ValueError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, _reason(error), str(path)) from error
        raise


@contextlib.contextmanager
def _impossible_names(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what Python says of a name with a NUL, or with half of a surrogate pair, into an OSError as any other."""
    try:
        yield
    except ValueError as error:
        raise OSError(errno.EINVAL, f"no file can have this name ({error})", str(path)) from None


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk. Windows cannot open folders, and does not need it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
