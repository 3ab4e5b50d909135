"""The one place where threads come from.

A kernel cuts its work into pieces that fit a core's cache and hands them to `run`. NumPy lets go of Python's lock
while it computes, so plain threads keep all cores busy. BLAS gets one thread (process.py), because the pieces are the
parallelism; and the cut depends on shapes alone, so that results are the same, bit for bit, for any number of threads.

The number of threads is that of the processors this process may use, unless TINYGRAD_EDU_THREADS or
`set_num_threads` says otherwise.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from ..environment import whole_number
from . import process
from .choice import active

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# What a piece works on: about as much as the second-level cache of one core holds, and no less, because every
# hand-over between threads costs tens of microseconds.
PIECE_BYTES = 2**21


def _available_processors() -> int:
    setting = whole_number("TINYGRAD_EDU_THREADS")
    if setting is not None:
        return setting
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_num_threads = _available_processors()
_jobs: SimpleQueue[_Job] = SimpleQueue()
_workers = 0
_inside = threading.local()


def get_num_threads() -> int:
    """Return how many threads the kernels use."""
    return _num_threads


def set_num_threads(count: int) -> None:
    """Set how many threads the kernels use; results do not depend on it.

    >>> import tinygrad_edu as tge
    >>> before = tge.get_num_threads()
    >>> tge.set_num_threads(1); tge.get_num_threads()
    1
    >>> tge.set_num_threads(before)
    """
    global _num_threads
    if int(count) != count or count < 1:
        raise ValueError(f"the number of threads is an integer of at least 1, not {count!r}")
    _num_threads = int(count)


def cut(count: int, number: int) -> list[slice]:
    """Cut `count` items into at most `number` slices of nearly equal length."""
    if min(count, number) <= 1:
        return [slice(0, count)]
    number = min(count, number)
    return [slice(count * i // number, count * (i + 1) // number) for i in range(number)]


def pieces(count: int, bytes_each: int) -> list[slice]:
    """Cut `count` items into slices that touch at most about PIECE_BYTES each: a power of two of them."""
    return cut(count, 1 << (count * bytes_each // PIECE_BYTES).bit_length())


def run(task: Callable[[Any], Any], work: Sequence[Any]) -> list[Any]:
    """Return [task(w) for w in work], computed on all threads."""
    if not process.prepared:
        process.prepare()
    if len(work) == 1:
        return [task(work[0])]
    helpers = min(_num_threads, len(work)) - 1
    if helpers < 1 or getattr(_inside, "job", False):
        return [task(w) for w in work]
    _start_workers(helpers)
    job = _Job(task, work, helpers)
    for _ in range(helpers):
        _jobs.put(job)
    job.do()
    return job.results()


class _Job:
    """Work that several threads do together, each taking the next piece that nobody has taken."""

    def __init__(self, task: Callable[[Any], Any], work: Sequence[Any], helpers: int):
        self.task = task
        self.left = deque(enumerate(work))
        self.done: list[Any] = [None] * len(work)
        self.helpers = helpers
        self.finished: SimpleQueue[BaseException | None] = SimpleQueue()
        self.kernels = active.kernels  # the caller's choice is the helpers' too

    def do(self) -> None:
        """Do pieces until none is left."""
        _inside.job = True
        before, active.kernels = active.kernels, self.kernels
        try:
            while True:
                try:
                    i, w = self.left.popleft()
                except IndexError:
                    return
                self.done[i] = self.task(w)
        finally:
            _inside.job = False
            active.kernels = before

    def results(self) -> list[Any]:
        """Wait for the helpers and return every piece's result in order, or raise what one of them raised."""
        errors = [self.finished.get() for _ in range(self.helpers)]
        for error in errors:
            if error is not None:
                raise error
        return self.done


def _work() -> None:
    while True:
        job = _jobs.get()
        error: BaseException | None = None
        try:
            job.do()
        except BaseException as e:
            error = e
        job.finished.put(error)
        del job


def _start_workers(count: int) -> None:
    global _workers
    while _workers < count:
        threading.Thread(target=_work, name=f"tinygrad_edu-{_workers}", daemon=True).start()
        _workers += 1


def _forget_workers() -> None:
    """In a forked child the workers are gone: start afresh when they are next needed."""
    global _workers, _jobs
    _workers, _jobs = 0, SimpleQueue()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
