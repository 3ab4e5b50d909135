"""Ctrl-C and SIGTERM ask a run to stop; the run finishes its step, saves, and then stops."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupted(KeyboardInterrupt):
    """Training was asked to stop, and did so after saving a checkpoint in `folder`."""

    def __init__(self, folder: Any):
        super().__init__(f"training was interrupted; its checkpoint is in {folder}")
        self.folder = folder


class StopRequest:
    """Inside a `with` block, the first Ctrl-C or SIGTERM only sets `requested`; a second Ctrl-C ends at once.

    Signals reach the main thread only, so in any other thread this does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._request)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
