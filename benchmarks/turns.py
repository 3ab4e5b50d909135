"""Starts a worker for every library and gives them their turns: A B C A B C ..., each in its own process."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from . import data, machine, results, worker
from .peers import YARDSTICKS
from .workloads import Case, Workload

PATIENCE = 900  # seconds for one answer
PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Settings:
    threads: int = 2
    quick: bool = False
    rounds: int | None = None
    seconds: float | None = None
    mnist: Path | None = None
    pattern: str = ""
    peers: tuple[str, ...] = ()

    def cases(self, workload: Workload) -> list[Case]:
        return [c for c in workload.cases if self.pattern in c.name and (c.quick or not self.quick)]

    def rounds_of(self, case: Case) -> int:
        return self.rounds or (min(3, case.rounds) if self.quick else case.rounds)

    def seconds_of(self, case: Case) -> float:
        return (case.seconds / (4 if self.quick else 1)) if self.seconds is None else self.seconds

    def peers_of(self, workload: Workload) -> list[str]:
        """In the order of their turns. A yardstick always takes part."""
        return [p for p in workload.peers if p in self.peers or p in YARDSTICKS]


def environment(threads: int) -> dict[str, str]:
    """The same budget for everybody, in every way a library may look for it."""
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")
    return {f"{name}_NUM_THREADS": str(threads) for name in names} | {
        "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONHASHSEED": "0",
    }  # fmt: skip


class Unable(Exception):
    """A library gave a reason instead of a result. `kind`: missing, unsupported or failed."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Worker:
    """A worker process, seen from here."""

    def __init__(self, peer: str, threads: int, folder: Path) -> None:
        self.questions, theirs = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=worker.serve, args=(theirs, peer, threads, folder), name=peer)
        with mock.patch.dict(os.environ, environment(threads)):
            self.process.start()
        theirs.close()
        try:
            self.version = self._answer()["version"]
        except BaseException:
            self.close()
            raise

    def ask(self, *question: Any) -> dict[str, Any]:
        """The answer. Raises Unable where there is none: the library cannot, has died, or takes too long.

        Between its turns the process is stopped, so that no thread of it spins in another's turn.
        """
        self._signal("SIGCONT")
        try:
            self.questions.send(question)
            return self._answer()
        except OSError:
            raise self._death() from None
        finally:
            self._signal("SIGSTOP")

    def _signal(self, name: str) -> None:
        if hasattr(signal, name) and self.process.is_alive():
            os.kill(self.process.pid, getattr(signal, name))

    def _answer(self) -> dict[str, Any]:
        if not self.questions.poll(PATIENCE):
            self.process.kill()
            raise Unable(f"no answer within {PATIENCE} s", "failed")
        try:
            answer = self.questions.recv()
        except EOFError:
            raise self._death() from None
        if "error" in answer:
            raise Unable(answer["error"], answer["kind"])
        return answer

    def _death(self) -> Unable:
        self.process.join()
        return Unable(f"the process ended with {self.process.exitcode}", "failed")

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.questions.close()


def measure(workloads: list[Workload], settings: Settings) -> dict[str, Any]:
    """Run the workloads; the figures as results.py describes them."""
    from rich.console import Console
    from rich.progress import Progress

    run: dict[str, Any] = {
        "format": results.FORMAT, "machine": machine.describe(), "libraries": {}, "cases": [],
        "settings": {"threads": settings.threads, "quick": settings.quick},
    }  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # an ordinary exit: it ends the workers too
    began, foreign = time.perf_counter(), machine.busy_seconds() - machine.own_seconds()
    with tempfile.TemporaryDirectory() as name, Progress(console=Console(stderr=True), transient=True) as progress:
        folder = Path(name)
        run["settings"]["data"] = data.prepare(folder, settings.mnist)
        for workload in workloads:
            cases = settings.cases(workload)
            bar = progress.add_task(workload.name, total=len(cases))
            with contextlib.closing(Team(workload, settings, folder, run["libraries"])) as team:
                for case in cases:
                    about = {"workload": workload.name, "case": case.name, "unit": case.unit, "work": case.work}
                    run["cases"].append({**about, "peers": team.play(case)})
                    progress.advance(bar)
    foreign = machine.busy_seconds() - machine.own_seconds() - foreign
    run["machine"]["others"] = round(max(0.0, foreign) / (time.perf_counter() - began), 2)
    return results.summarise(run)


class Team:
    """The workers of one workload. Where memory is measured, every case gets fresh ones."""

    def __init__(self, workload: Workload, settings: Settings, folder: Path, libraries: dict[str, Any]) -> None:
        self.workload, self.settings, self.folder, self.libraries = workload, settings, folder, libraries
        self.workers: dict[str, Worker] = {}

    def play(self, case: Case) -> dict[str, dict[str, Any]]:
        """Every library's figures for one case: "values" by rounds, or the reason why there are none."""
        figures: dict[str, dict[str, Any]] = {p: {} for p in self.settings.peers_of(self.workload)}
        question = ("memory",) if case.unit == "B" else ("turn", self.settings.seconds_of(case))
        for peer in figures:
            if case.unit == "B":
                self.dismiss(peer)
            self.ask(peer, figures[peer], "prepare", case.spec)
        for _ in range(self.settings.rounds_of(case)):
            for peer in figures:
                self.ask(peer, figures[peer], *question)
        return figures

    def ask(self, peer: str, figures: dict[str, Any], *question: Any) -> None:
        """Note the answer, or the reason why there is none; then no more is asked."""
        if "reason" in figures:
            return
        try:
            answer = self.worker(peer).ask(*question)
        except Unable as error:
            figures.update(reason=str(error), status=error.kind)
            if peer in self.workers and not self.workers[peer].process.is_alive():
                self.dismiss(peer)
            return
        if "value" in answer:
            figures.setdefault("values", []).append(answer.pop("value"))
        figures.update((key, value) for key, value in answer.items() if value)

    def worker(self, peer: str) -> Worker:
        known = self.libraries.get(peer, {})
        if known.get("status") == "missing":  # a library that could not even start is not tried again
            raise Unable(known["reason"], "missing")
        if peer not in self.workers:
            try:
                self.workers[peer] = Worker(peer, self.settings.threads, self.folder)
            except Unable as error:
                self.libraries[peer] = {"status": "missing", "reason": str(error)}
                raise Unable(str(error), "missing") from None
            self.libraries[peer] = {"status": "ok", "version": self.workers[peer].version}
        return self.workers[peer]

    def dismiss(self, peer: str) -> None:
        if peer in self.workers:
            self.workers.pop(peer).close()

    def close(self) -> None:
        for peer in list(self.workers):
            self.dismiss(peer)
