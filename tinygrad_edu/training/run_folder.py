"""The folder of a run: what was asked for, what was learnt, and what is needed to go on.

settings.json             what the run was started with
initial.safetensors       the weights before the first step
checkpoint.safetensors    everything needed to go on, from time to time
model.safetensors         the weights at the end
calibration.safetensors   how sure the network may be, and what it knows, measured at the end
history.csv               a row for each epoch
*.png                     pictures
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import CheckpointError, RunFolderError
from ..files import Locked, locked, names_in, open_to_read, why_unread, write_atomically

MOST_SETTINGS = 1 << 20  # bytes
NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class RunFolder:
    """A folder that holds one run.  Make one with `create`, or enter one that is there with `open`."""

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)
        self._held_by: tuple[int, int] | None = None  # the process and its thread

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Train in this folder while a block lasts; every other process and thread has to keep out meanwhile.

        Reading a run that goes on is free to all. A folder that the same thread holds already may be held again.

        Raises RunFolderError, naming the process, if another one trains there, or if the folder cannot be written.
        """
        me = os.getpid(), threading.get_ident()
        if self._held_by == me:
            yield
            return
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path / self.LOCK))
            except Locked as error:
                raise RunFolderError(
                    f"{self.path}: {error.holder} is training there; wait for its end, or use another --out"
                ) from None
            except OSError as error:
                raise cannot_write(self.path, error) from error
            self._held_by = me
            stack.callback(setattr, self, "_held_by", None)
            for leftover in self.path.glob(".*.tmp"):  # of a run that was killed while it wrote
                with contextlib.suppress(OSError):
                    leftover.unlink()
            yield

    @classmethod
    def create(cls, path: str | os.PathLike[str], settings: Mapping[str, Any]) -> RunFolder:
        """Start a run folder.  Whenever the folder is there, its settings are in it.

        Raises RunFolderError if something else is there already, or the folder cannot be written.
        """
        folder = cls(path)
        if os.path.lexists(folder.path):
            folder._check_vacant()
            with folder.hold():
                folder._check_vacant()  # another process may have been quicker
                folder.write_settings(settings)
            return folder
        try:
            folder.path.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f".{folder.path.name[:40]}.", dir=folder.path.parent))
        except OSError as error:
            raise cannot_write(folder.path, error) from error
        except ValueError as error:  # a NUL, or half of a surrogate pair
            raise RunFolderError(f"{path}: no folder can have this name ({error}); use another --out") from None
        try:
            os.chmod(aside, 0o777 & ~_umask())  # mkdtemp makes it private
            cls(aside).write_settings(settings)
            aside.rename(folder.path)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            if os.path.lexists(folder.path):
                folder._check_vacant()
            raise cannot_write(folder.path, error) from error
        return folder

    @classmethod
    def create_numbered(cls, stem: str | os.PathLike[str], settings: Mapping[str, Any]) -> RunFolder:
        """Start the run folder `stem-1`, or with the first number that is free."""
        for number in range(1, 1_000_000):
            path = Path(f"{stem}-{number}")
            if os.path.lexists(path):
                continue
            try:
                return cls.create(path, settings)
            except RunFolderError:
                if not os.path.lexists(path):  # else another process took the number just now
                    raise
        raise RunFolderError(f"{stem}: a million runs are there already; use --out")

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> RunFolder:
        """Enter a run folder that is there.  Raises RunFolderError if it is none."""
        folder = cls(path)
        try:
            there = names_in(path)
        except FileNotFoundError:
            raise RunFolderError(f"{path}: there is no such folder") from None
        except OSError as error:
            raise RunFolderError(f"{path}: {why_unread(error)}") from error
        if cls.SETTINGS not in there:
            raise RunFolderError(f"{path}: not the folder of a run (there is no {cls.SETTINGS} in it)")
        return folder

    SETTINGS = "settings.json"
    LOCK = ".lock"

    @property
    def settings_file(self) -> Path:
        """What the run was started with."""
        return self.path / self.SETTINGS

    @property
    def checkpoint(self) -> Path:
        """Everything needed to go on."""
        return self.path / "checkpoint.safetensors"

    @property
    def initial(self) -> Path:
        """The weights before the first step."""
        return self.path / "initial.safetensors"

    @property
    def weights(self) -> Path:
        """The weights at the end."""
        return self.path / "model.safetensors"

    @property
    def calibration(self) -> Path:
        """How sure the network may be, measured at the end."""
        return self.path / "calibration.safetensors"

    @property
    def history(self) -> Path:
        """A row for each epoch, as CSV."""
        return self.path / "history.csv"

    @property
    def settings(self) -> dict[str, Any]:
        """Read the settings.  Raises CheckpointError if they cannot be read, or are not a JSON object."""
        try:
            with open_to_read(self.settings_file) as file:
                content = file.read(MOST_SETTINGS + 1)
        except OSError as error:
            raise CheckpointError(f"{self.settings_file}: {why_unread(error)}") from error
        try:
            if len(content) > MOST_SETTINGS:
                raise ValueError(f"more than {MOST_SETTINGS:,} bytes")
            settings = json.loads(content, object_pairs_hook=_each_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise CheckpointError(f"{self.settings_file}: damaged, or not the settings of a run ({error})") from error
        if not isinstance(settings, dict):
            raise CheckpointError(f"{self.settings_file}: not the settings of a run")
        return settings

    def write_settings(self, settings: Mapping[str, Any]) -> None:
        """Write the settings anew."""
        write_file(self.settings_file, _as_text(settings))

    def _check_vacant(self) -> None:
        """Raise unless this is a folder with nothing in it (but the lock of a process that was killed)."""
        if not os.path.isdir(self.path) or set(os.listdir(self.path)) - {self.LOCK}:
            resume = f"--resume {self.path} goes on with that run, or " if os.path.isfile(self.settings_file) else ""
            raise RunFolderError(f"{self.path}: is there already; {resume}use another --out")

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file of a run atomically, or raise RunFolderError, which says what to do about it."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> RunFolderError:
    """Return the error for a file or folder that cannot be written, with what to do about it."""
    if error.errno in NO_ROOM:
        kept = "; the previous one is kept" if os.path.exists(path) else ""
        return RunFolderError(f"{path}: no room on the disk ({error.strerror}){kept}. Make room or use another --out")
    return RunFolderError(f"{path}: cannot be written ({error.strerror or error}); use another --out")


def _as_text(settings: Mapping[str, Any]) -> str:
    return json.dumps(dict(settings), indent=2) + "\n"


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dictionary, but not of a name that stands there twice: one of the two would be ignored."""
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands there twice")
    return result


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
