"""Standard output, which may be closed, be full, or lose its reader (`| head`)."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any

NAME = "standard output"
BROKEN_PIPE = 141  # the exit code that a shell reports for a program that SIGPIPE ended


class LostOutput(OSError):
    """Standard output takes no more.  (Without an errno, because click and rich end the program on EPIPE.)"""

    def __init__(self, error: OSError):
        super().__init__(f"{NAME} cannot be written: {error.strerror or error}")
        self.exit_code = BROKEN_PIPE if error.errno in (errno.EPIPE, errno.EINVAL) else 1  # EINVAL is Windows' word


class _Watched(io.FileIO):
    """Writes to standard output, and says so when that fails."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise LostOutput(error) from error


def watch() -> None:
    """Let sys.stdout raise LostOutput, write what its encoding lacks as \\x.., and be there if it was closed."""
    if sys.stdout is None:  # closed by whoever started the program: nobody wants to read it
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return
    try:
        number, terminal = sys.stdout.fileno(), sys.stdout.isatty()
    except (OSError, ValueError, AttributeError):  # a test's or a notebook's own
        return
    if not isinstance(sys.stdout, io.TextIOWrapper) or (terminal and sys.platform == "win32"):
        return
    sys.stdout.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Watched(number, "wb", closefd=False)),
        encoding=sys.stdout.encoding,
        errors="backslashreplace",
        line_buffering=sys.stdout.line_buffering,
        write_through=sys.stdout.write_through,
    )


def leave_alone() -> None:
    """Keep Python from writing the rest at exit, which would fail a second time."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
