"""The process in which one peer works: JSON lines in, JSON lines out, idle in between.

    python -m benchmarks.worker PEER WORKLOAD --threads 2 --data FOLDER

    {"do": "prepare", "spec": {...}}   -> {"witness": [...]}            build, compile, first steps
    {"do": "turn", "seconds": 0.4}     -> {"seconds": ..., "detail": {}}  the median time for a unit
    {"do": "memory"}                   -> {"whole": ..., "steady": ...}  bytes above the imported library
    {"do": "stop"}

An answer {"error": "...", "kind": "missing" | "unsupported" | "failed"} says why there is none.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from . import memory

BLOCKS = 5  # a turn's figure is the median of this many blocks of work
MEMORY_UNITS = 10


class Worker:
    def __init__(self, peer: Any, folder: Path) -> None:
        self.peer, self.folder = peer, folder
        self.task: Any = None

    def prepare(self, spec: dict[str, Any]) -> dict[str, Any]:
        from .tasks import TASKS

        self.task, self.units = None, 0
        gc.collect()
        self.task = TASKS[spec["task"]](self.peer, spec, self.folder)
        memory.forget_peak()
        self.baseline = memory.resident()
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
        return {"seconds": statistics.median(blocks) / self.units, "detail": task.detail}

    def calibrate(self, seconds: float) -> int:
        """How many units last about so long. It also is a warm-up."""
        units, elapsed = 1, 0.0
        while seconds and elapsed < seconds:
            began = time.perf_counter()
            self.task.run(units)
            elapsed = time.perf_counter() - began
            units = max(1, round(units * min(10.0, seconds / max(elapsed, 1e-9))))
            if elapsed > seconds / 2:
                break
        self.task.start()
        return units

    def memory(self) -> dict[str, Any]:
        """The peak above the library and its data: from the start (compilers included), and when all is warm."""
        units = 1 if self.task.__class__.__name__ == "Graph" else MEMORY_UNITS
        self.task.run(units)
        whole = memory.peak()
        memory.forget_peak()
        self.task.run(units)
        return {"whole": whole - self.baseline, "steady": memory.peak() - self.baseline}

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        what = message.pop("do")
        try:
            return {"prepare": self.prepare, "turn": self.turn, "memory": self.memory}[what](**message)
        except NotImplementedError as error:
            return {"error": str(error) or "not offered by this library", "kind": "unsupported"}
        except Exception as error:
            return {"error": describe(error), "kind": "failed"}


def describe(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker")
    parser.add_argument("peer")
    parser.add_argument("workload", help="for people who look at the list of processes")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()

    # Libraries print; the answers get a channel of their own, and what is printed goes to stderr.
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    from .peers import create

    try:
        peer = create(arguments.peer, arguments.threads)
    except ImportError as error:
        print(json.dumps({"error": describe(error), "kind": "missing"}), file=out)
        return
    except Exception as error:
        print(json.dumps({"error": describe(error), "kind": "failed"}), file=out)
        return
    print(json.dumps({"version": peer.version, "note": peer.note}), file=out)

    worker = Worker(peer, arguments.data)
    for line in sys.stdin:
        message = json.loads(line)
        if message["do"] == "stop":
            return
        print(json.dumps(worker.answer(message)), file=out)


if __name__ == "__main__":
    main()
