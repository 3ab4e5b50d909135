"""Threads that compute, few in number, so that the server goes on listening meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    Asked = tuple[asyncio.Future[Any], asyncio.AbstractEventLoop, Callable[[], Any]]

T = TypeVar("T")
THREADS = 4
MOST_WAITING = 64


class Busy(UserError):
    """More is asked than can be answered soon."""


class Workers:
    """A few threads that take tasks in turn.

    They are daemons: who ends the program need not wait for what they compute (a pool of `concurrent.futures` would).

    Args:
        threads: how many compute at a time.
        most_waiting: how many tasks may wait besides.
    """

    def __init__(self, threads: int = THREADS, most_waiting: int = MOST_WAITING):
        self.most = threads + most_waiting
        self.tasks = 0  # those that wait, and those that are computed
        self._queue: SimpleQueue[Asked] = SimpleQueue()
        self._lock = Lock()
        for number in range(threads):
            Thread(target=self._work, name=f"explorer-{number}", daemon=True).start()

    async def run(self, task: Callable[[], T]) -> T:
        """Return what a task returns.  Raises Busy if too many wait already; whoever stops waiting takes it back."""
        with self._lock:
            if self.tasks >= self.most:
                raise Busy(f"the engine is busy with {self.tasks} questions; ask again in a moment")
            self.tasks += 1
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put((future, loop, task))
        return await future

    def _work(self) -> None:
        while True:
            future, loop, task = self._queue.get()
            try:
                result, error = None if future.cancelled() else task(), None
            except BaseException as raised:
                result, error = None, raised
            with self._lock:
                self.tasks -= 1
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, future, result, error)
            del future, loop, task, result, error  # not kept until the next


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
