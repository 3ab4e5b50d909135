"""Starts a worker for every library and gives them their turns: A B C A B C ..., each in its own process."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from . import data, imports, machine, results
from .peers import TITLES
from .workloads import Case, Workload

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 900  # seconds for one answer


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

    def rounds_of(self, workload: Workload) -> int:
        return self.rounds or (min(3, workload.rounds) if self.quick else workload.rounds)

    def seconds_of(self, workload: Workload) -> float:
        return (workload.seconds / (4 if self.quick else 1)) if self.seconds is None else self.seconds

    def peers_of(self, workload: Workload) -> list[str]:
        """In the order of their turns. A yardstick always takes part."""
        return [p for p in workload.peers if p in self.peers or p in ("sgemm", "numpy")]


def environment(threads: int) -> dict[str, str]:
    """The same budget for everybody, in every way a library may look for it."""
    count = str(threads)
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")
    return os.environ | {f"{name}_NUM_THREADS": count for name in names} | {
        "NUM_CPU_THREADS": count, "DEV": "CPU", "JAX_PLATFORMS": "cpu",
        "TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONHASHSEED": "0",
    }  # fmt: skip


class Unable(Exception):
    """A library gave a reason instead of a result. `kind`: missing, unsupported or failed."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.kind = kind


class Worker:
    """A worker process, seen from here."""

    def __init__(self, peer: str, workload: str, threads: int, folder: Path) -> None:
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed in close)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", peer, workload, "--threads", str(threads), "--data", folder],
            cwd=ROOT, env=environment(threads), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr,
        )  # fmt: skip
        limit_cores(self.process.pid, threads)
        self.answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_listen, args=(self.process.stdout, self.answers), daemon=True).start()
        try:
            self.about = self._answer()
        except BaseException:
            self.close()
            raise

    def ask(self, do: str, **message: Any) -> dict[str, Any]:
        """The answer. Raises Unable where there is none: the library cannot, has died, or takes too long.

        Between its turns the process is stopped, so that no thread of it spins in another's turn.
        """
        self._signal("SIGCONT")
        try:
            self.process.stdin.write(json.dumps({"do": do, **message}) + "\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]
        except OSError:
            raise Unable(self._last_words(), "failed") from None
        try:
            return self._answer()
        finally:
            self._signal("SIGSTOP")

    def _signal(self, name: str) -> None:
        if hasattr(signal, name) and self.process.poll() is None:
            self.process.send_signal(getattr(signal, name))

    def _answer(self) -> dict[str, Any]:
        try:
            line = self.answers.get(timeout=PATIENCE)
        except queue.Empty:
            self.process.kill()
            raise Unable(f"no answer within {PATIENCE} s", "failed") from None
        if not line:
            raise Unable(self._last_words(), "failed")
        answer = json.loads(line)
        if "error" in answer:
            raise Unable(answer["error"], answer["kind"])
        return answer

    def _last_words(self) -> str:
        code = self.process.wait()
        self.stderr.seek(0)
        lines = self.stderr.read().decode(errors="replace").strip().splitlines()
        return f"the process ended with {code}" + (f": {lines[-1][:200]}" if lines else "")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.stderr.close()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


def _listen(pipe: IO[str], answers: queue.Queue[str]) -> None:
    with contextlib.suppress(ValueError):  # closed from the other side
        for line in pipe:
            answers.put(line)
    answers.put("")


def limit_cores(pid: int, threads: int) -> None:
    """Some libraries take a thread for every core they may use: let them use no more than the budget."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[:threads]
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, cores)


def measure(workloads: list[Workload], settings: Settings) -> dict[str, Any]:
    """Run the workloads; the figures as results.py describes them."""
    from rich.console import Console
    from rich.progress import Progress

    run: dict[str, Any] = {
        "format": 1, "machine": machine.describe(), "libraries": {}, "cases": [],
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
            for figures in _measure(workload, cases, settings, folder, run["libraries"]):
                run["cases"].append({"workload": workload.name, **figures})
                progress.advance(bar)
    foreign = machine.busy_seconds() - machine.own_seconds() - foreign
    run["machine"]["others"] = round(max(0.0, foreign) / (time.perf_counter() - began), 2)
    return results.summarise(run)


def _measure(workload, cases, settings, folder, libraries) -> Iterator[dict[str, Any]]:
    if workload.kind == "import":
        for case in cases:
            modules = {p: m for p, m in case.spec["modules"].items() if p in settings.peers_of(workload)}
            yield imports.measure(case, modules, settings.rounds_of(workload), environment(settings.threads))
        return
    team = Team(workload, settings, folder, libraries)
    with contextlib.closing(team):
        for case in cases:
            yield {"case": case.name, "work": case.work, "peers": team.play(case)}


class Team:
    """The workers of one workload. Where memory counts, every case gets fresh ones."""

    def __init__(self, workload: Workload, settings: Settings, folder: Path, libraries: dict[str, Any]) -> None:
        self.workload, self.settings, self.folder, self.libraries = workload, settings, folder, libraries
        self.workers: dict[str, Worker] = {}

    def play(self, case: Case) -> dict[str, dict[str, Any]]:
        """Every library's figures for one case: "times" by rounds or "bytes", or the reason why not."""
        results: dict[str, dict[str, Any]] = {p: {} for p in self.settings.peers_of(self.workload)}

        def everybody(ask) -> None:
            for peer, result in results.items():
                if "reason" not in result:
                    try:
                        ask(peer, result)
                    except Unable as error:
                        result.update(reason=str(error), status=error.kind)
                        if self.worker_died(peer):
                            self.dismiss(peer)

        def prepare(peer: str, result: dict[str, Any]) -> None:
            if self.workload.kind == "memory":
                self.dismiss(peer)
            result.update(self.worker(peer).ask("prepare", spec=case.spec))

        def turn(peer: str, result: dict[str, Any]) -> None:
            answer = self.workers[peer].ask("turn", seconds=self.settings.seconds_of(self.workload))
            result.setdefault("times", []).append(answer["seconds"])
            if answer["detail"]:
                result["detail"] = answer["detail"]

        def memory(peer: str, result: dict[str, Any]) -> None:
            result["bytes"] = self.workers[peer].ask("memory")

        everybody(prepare)
        if self.workload.kind == "memory":
            everybody(memory)
        else:
            for _ in range(self.settings.rounds_of(self.workload)):
                everybody(turn)
        return results

    def worker(self, peer: str) -> Worker:
        known = self.libraries.get(peer, {})
        if known.get("status") == "missing":
            raise Unable(known["reason"], "missing")
        if peer not in self.workers:
            try:
                self.workers[peer] = Worker(peer, self.workload.name, self.settings.threads, self.folder)
            except Unable as error:
                # A library that could not even start is not tried again.
                self.libraries[peer] = {"title": TITLES[peer], "status": "missing", "reason": str(error)}
                raise Unable(str(error), "missing") from None
            self.libraries[peer] = {"title": TITLES[peer], "status": "ok", **self.workers[peer].about}
        return self.workers[peer]

    def worker_died(self, peer: str) -> bool:
        return peer in self.workers and self.workers[peer].process.poll() is not None

    def dismiss(self, peer: str) -> None:
        if peer in self.workers:
            self.workers.pop(peer).close()

    def close(self) -> None:
        for peer in list(self.workers):
            self.dismiss(peer)
