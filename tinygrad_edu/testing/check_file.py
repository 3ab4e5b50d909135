"""check_file: check the primitives that a Python file defines, in a process of its own, within a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ..errors import UserError
from .reports.findings import PrimitiveReport

TIME_LIMIT = 60.0  # seconds
PRINT_LIMIT = 1_000_000  # bytes


class CheckError(UserError, ValueError):
    """A file cannot be checked: it does not import, defines no primitive, or does not come to an end."""


@dataclass
class FileReport:
    """What was found about the primitives of a file; `.ok` if all their rules are right."""

    path: str
    primitives: list[PrimitiveReport] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every primitive was checked and every rule is right."""
        return all(p.ok for p in self.primitives)

    def to_dict(self) -> dict[str, Any]:
        """Return it as dicts, lists, strings and numbers."""
        return {"path": self.path, "ok": self.ok, "primitives": [p.to_dict() for p in self.primitives]}


def check_file(
    path: str | os.PathLike[str],
    *,
    time_limit: float = TIME_LIMIT,
    examples: int = 60,
    order: int = 2,
    smallest: bool = True,
) -> FileReport:
    """Check every primitive that a Python file defines.

    The file is imported in a process of its own, so nothing it registers, prints or breaks reaches this one. How its
    primitives are called is guessed from their arguments, unless the file says so in a dict

        CASES = {"my_op": lambda rng: ((rng.random((2, 3)), rng.random(3)), {"axis": 1})}

    from names to functions of a NumPy Generator that return the arrays and the parameters of a call; or to Hypothesis
    strategies for such pairs, which give smaller examples; or to lists of either.

    Args:
        path: the file.
        time_limit: seconds for all of it.
        examples, order, smallest: see `check_primitive`.

    Raises:
        CheckError: the file is missing, does not import, defines no primitive, exits, prints more than 1 MB while it is
            imported (what rules print is dropped), or does not end within the time limit. One line says which.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise CheckError(f"{path}: there is no such file")
    if file.suffix != ".py":
        raise CheckError(f"{path}: a Python file (.py) with primitives is needed")
    with tempfile.TemporaryDirectory() as folder:
        messages = Path(folder) / "report"
        options = json.dumps({"examples": examples, "order": order, "smallest": smallest})
        ended = _run([str(file), str(messages), options], time_limit)
        return _read(str(path), messages, ended, time_limit)


def _run(arguments: list[str], time_limit: float) -> str | int:
    """Run the worker; return its exit code, or "time" or "print" for the limit that it broke."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.worker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )
    broke: list[str] = []

    def stop(why: str) -> None:
        broke.append(why)
        _kill(process)

    timer = threading.Timer(time_limit, stop, ["time"])
    timer.start()
    try:
        assert process.stdout is not None
        with process.stdout as stream:  # closed only once the process is gone: it must not see a broken pipe
            if _swallow(stream):
                stop("print")
            code = process.wait()
    finally:
        timer.cancel()
        _kill(process)  # after Ctrl-C, and whatever the file itself has started
        process.wait()
    return broke[0] if broke else code


def _swallow(stream: IO[bytes]) -> bool:
    """Read what the file prints and forget it; tell whether it was more than PRINT_LIMIT."""
    total = 0
    while chunk := stream.read1(65536):  # type: ignore[attr-defined]
        total += len(chunk)
        if total > PRINT_LIMIT:
            return True
    return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and those it started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass


def _read(path: str, messages: Path, ended: str | int, time_limit: float) -> FileReport:
    """Make the report of what the worker wrote, or raise what kept it from ending well."""
    report = FileReport(path)
    stage, done = "starting", False
    for line in messages.read_text(encoding="utf-8").splitlines() if messages.exists() else ():
        message = json.loads(line)
        stage = message.get("stage", stage)
        done = done or message.get("done", False)
        if "problem" in message:
            raise CheckError(f"{path}: {message['problem']}")
        if "primitive" in message:
            report.primitives.append(PrimitiveReport.from_dict(message["primitive"]))
    if done:
        return report
    if ended == "time":
        raise CheckError(f"{path}: {stage} did not end within {time_limit:g} s; is there an endless loop?")
    if ended == "print":
        raise CheckError(f"{path}: {stage} printed more than {PRINT_LIMIT // 1_000_000} MB; it was stopped")
    raise CheckError(f"{path}: {stage} ended the whole Python process (exit code {ended})")
