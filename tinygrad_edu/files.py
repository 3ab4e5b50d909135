"""How files are opened, written and locked.

None is read that may never end, each is written whole or not at all, and a lock ends with the process that holds it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import platform
import secrets
import stat
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


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


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk. Windows cannot open folders, and does not need it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# -- what errors say --


@contextlib.contextmanager
def _impossible_names(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what Python says of a name with a NUL, or with half of a surrogate pair, into an OSError as any other."""
    try:
        yield
    except ValueError as error:
        raise OSError(errno.EINVAL, f"no file can have this name ({error})", str(path)) from None


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


# -- locks --

HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # EWOULDBLOCK of Unix; the other two are Windows'
_own_locks: set[BinaryIO] = set()


class Locked(OSError):
    """Somebody else holds a lock; `holder` says who."""

    def __init__(self, path: Path, holder: str):
        super().__init__(errno.EAGAIN, f"it is locked by {holder}", str(path))
        self.holder = holder


@contextlib.contextmanager
def locked(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold a lock while a block lasts: no other process and no other thread gets it meanwhile.

    The lock is on a file of that name, and it is the operating system's: whoever is killed, or whose machine is
    switched off, holds it no longer, and the file that is left behind keeps nobody out. In the file stands who
    holds it.

    Raises Locked if somebody else holds it, unless told to wait, and OSError if no file can be made there. Where
    the file system knows no locks there is a warning and no lock.
    """
    file, holder = _take_lock(path, wait), os.getpid()
    _own_locks.add(file)
    try:
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}\n".encode())
        file.flush()
        yield
    finally:
        if os.getpid() == holder:  # else this is a forked child, which holds nothing
            with contextlib.suppress(OSError):  # Windows deletes no open file; it may stay
                path.unlink()
            _own_locks.discard(file)
            file.close()


def _let_go_in_child() -> None:
    """A forked child must not keep the locks of its parent when that is gone."""
    while _own_locks:
        _own_locks.pop().close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)


def _take_lock(path: Path, wait: bool) -> BinaryIO:
    while True:
        file = open(path, "ab+")  # noqa: SIM115 (it stays open as long as the lock is held)
        try:
            _lock(file, wait)
        except OSError as error:
            if error.errno in HELD:
                file.seek(0)
                holder = file.read(200).decode(errors="replace").strip() or "another process"
                file.close()
                raise Locked(path, holder) from None
            warnings.warn(f"{path}: cannot be locked ({_reason(error)}): start no second process here", stacklevel=4)
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                return file
        file.close()  # who held the lock took the file away just then: again, with the file that is there now


def _lock(file: BinaryIO, wait: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(1 << 30)  # locked bytes cannot be read there, so it is one behind the text
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
