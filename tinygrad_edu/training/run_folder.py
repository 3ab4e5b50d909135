"""The folder of a run: what was asked for, what was learnt, and what is needed to go on.

settings.json             what the run was started with
initial.safetensors       the weights before the first step
checkpoint.safetensors    everything needed to go on, from time to time
model.safetensors         the weights at the end
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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import CheckpointError, RunFolderError
from ..files import write_atomically

NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class RunFolder:
    """A folder that holds one run.  Make one with `create`, or enter one that is there with `open`."""

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path)

    @classmethod
    def create(cls, path: str | os.PathLike[str], settings: Mapping[str, Any]) -> RunFolder:
        """Start a run folder.  Whenever the folder is there, its settings are in it.

        Raises RunFolderError if something else is there already, or the folder cannot be written.
        """
        path = Path(path)
        if path.exists():
            if not path.is_dir() or any(path.iterdir()):
                resume = f"--resume {path} goes on with that run, or " if cls(path).settings_file.exists() else ""
                raise RunFolderError(f"{path}: is there already; {resume}use another --out")
            cls(path).write_settings(settings)
            return cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            os.chmod(aside, 0o777 & ~_umask())  # mkdtemp makes it private
            cls(aside).write_settings(settings)
            aside.rename(path)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise cannot_write(path, error) from error
        return cls(path)

    @classmethod
    def create_numbered(cls, stem: str | os.PathLike[str], settings: Mapping[str, Any]) -> RunFolder:
        """Start the run folder `stem-1`, or with the first number that is free."""
        for number in range(1, 1_000_000):
            path = Path(f"{stem}-{number}")
            if path.exists():
                continue
            try:
                return cls.create(path, settings)
            except RunFolderError:
                if not path.exists():  # else another process took the number just now
                    raise
        raise RunFolderError(f"{stem}: a million runs are there already; use --out")

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> RunFolder:
        """Enter a run folder that is there.  Raises RunFolderError if it is none."""
        folder = cls(path)
        if not folder.path.exists():
            raise RunFolderError(f"{path}: there is no such folder")
        if not folder.settings_file.is_file():
            raise RunFolderError(f"{path}: not the folder of a run (there is no {cls.SETTINGS} in it)")
        for leftover in folder.path.glob(".*.tmp"):  # of a run that was killed while it wrote
            with contextlib.suppress(OSError):
                leftover.unlink()
        return folder

    SETTINGS = "settings.json"

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
    def history(self) -> Path:
        """A row for each epoch, as CSV."""
        return self.path / "history.csv"

    @property
    def settings(self) -> dict[str, Any]:
        """Read the settings.  Raises CheckpointError if they are damaged."""
        try:
            settings = json.loads(self.settings_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CheckpointError(f"{self.settings_file}: cannot be read ({error})") from error
        if not isinstance(settings, dict):
            raise CheckpointError(f"{self.settings_file}: not the settings of a run")
        return settings

    def write_settings(self, settings: Mapping[str, Any]) -> None:
        """Write the settings anew."""
        write_file(self.settings_file, _as_text(settings))

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
        kept = "; the previous one is kept" if path.exists() else ""
        return RunFolderError(f"{path}: no room on the disk ({error.strerror}){kept}. Make room or use another --out")
    return RunFolderError(f"{path}: cannot be written ({error.strerror or error}); use another --out")


def _as_text(settings: Mapping[str, Any]) -> str:
    return json.dumps(dict(settings), indent=2) + "\n"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
