"""The process in which one peer works: it answers what it is asked, and is idle in between.

    ("prepare", spec)     -> {"witness": [...]}                build, compile, first steps
    ("turn", seconds)     -> {"value": ..., "detail": {}}      the median time for a unit of work
    ("memory",)           -> {"value": ...}                    the most bytes above the imported library

An answer {"error": "...", "kind": "missing" | "unsupported" | "failed"} says why there is none.
"""

from __future__ import annotations

import contextlib
import gc
import os
import statistics
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .peers import create

BLOCKS = 5  # a turn's figure is the median of this many blocks of work
MEMORY_UNITS = 10
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def serve(questions: Connection, peer: str, threads: int, folder: Path) -> None:
    """Import the library, say its version or why there is none, and answer questions until nobody asks."""
    if hasattr(os, "sched_setaffinity"):  # some libraries take a thread for every core that they may use
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    try:
        library = create(peer, threads)
    except Exception as error:
        questions.send({"error": describe(error), "kind": "missing" if isinstance(error, ImportError) else "failed"})
        return
    questions.send({"version": library.version})
    worker = Worker(library, folder)
    with contextlib.suppress(EOFError):
        while True:
            questions.send(worker.answer(*questions.recv()))


class Worker:
    def __init__(self, peer: Any, folder: Path) -> None:
        self.peer, self.folder = peer, folder
        self.task: Any = None

    def answer(self, what: str, *how: Any) -> dict[str, Any]:
        try:
            return {"prepare": self.prepare, "turn": self.turn, "memory": self.memory}[what](*how)
        except NotImplementedError as error:
            return {"error": str(error), "kind": "unsupported"}
        except Exception as error:
            return {"error": describe(error), "kind": "failed"}

    def prepare(self, spec: dict[str, Any]) -> dict[str, Any]:
        from .tasks import TASKS

        self.task, self.units = None, 0
        gc.collect()
        self.task = TASKS[spec["task"]](self.peer, spec, self.folder)
        self.baseline = forget_peak()
        self.task.begin()
        return {"witness": self.task.witness}

    def turn(self, seconds: float) -> dict[str, Any]:
        task = self.task
        task.start()
        if not self.units:
            self.units = self.calibrate(seconds / BLOCKS)
        elif seconds:
            task.run(min(self.units, 3))  # warm the caches that others have used meanwhile
            task.start()
        blocks: list[float] = []
        while not blocks or (len(blocks) < BLOCKS and sum(blocks) < seconds):
            began = time.perf_counter()
            task.run(self.units)
            blocks.append(time.perf_counter() - began)
        return {"value": statistics.median(blocks) / self.units, "detail": task.detail}

    def calibrate(self, seconds: float) -> int:
        """How many units last about so long. It also is a warm-up."""
        units, elapsed = 1, 0.0
        while seconds and elapsed <= seconds / 2:
            began = time.perf_counter()
            self.task.run(units)
            elapsed = time.perf_counter() - began
            units = max(1, round(units * min(10.0, seconds / max(elapsed, 1e-9))))
        self.task.start()
        return units

    def memory(self) -> dict[str, Any]:
        """The peak above the library and its data, from the start: compilers included."""
        if self.baseline is None:
            raise NotImplementedError("this system does not tell how much memory a process takes at most")
        self.task.run(MEMORY_UNITS)
        return {"value": resident("VmHWM") - self.baseline}


def resident(field: str) -> int:
    """Bytes of this process in memory: "VmRSS" now, "VmHWM" at most since `forget_peak`."""
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":"))


def forget_peak() -> int | None:
    """Let the peak start anew from what is in memory now, and return that; None where the system cannot."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return None
    return resident("VmRSS")


def describe(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]
