"""When a run saves, and what: its checkpoint and its history as it goes on, its weights at the end."""

from __future__ import annotations

import os
import re
import time
from contextlib import ExitStack
from typing import Any

import numpy as np

from ..errors import TrainingError
from .checkpoint import TrainingState
from .run_folder import RunFolder, write_file
from .weights import save_weights

EPOCH_END = 1.0  # an epoch's end is saved too if the last save is older than this many seconds


def parse_every(text: str | int) -> tuple[int | None, float | None]:
    """Return (steps, seconds), one of them None: "200" is every 200 steps, "10s" every ten seconds.

    >>> parse_every("200"), parse_every("10s")
    ((200, None), (None, 10.0))
    """
    match = re.fullmatch(r"(\d+)|(\d+(?:\.\d+)?)s", str(text).strip())
    if not match or not float(match[1] or match[2]):
        raise ValueError(f"{text!r} is neither a number of steps (200) nor of seconds (10s)")
    return (int(match[1]), None) if match[1] else (None, float(match[2]))


class Saver:
    """Saves a run into its folder, which it holds inside a `with` block; without a folder it does nothing."""

    def __init__(self, run: RunFolder | None, state: TrainingState, every: str | int):
        self.run, self.state = run, state
        self.steps, self.seconds = parse_every(every)
        self.last = time.perf_counter()
        self._held = ExitStack()

    def __enter__(self) -> Saver:
        """Go on from the run's checkpoint if there is one; else keep what there is before the first step."""
        if self.run is not None:
            with self._held:
                self._held.enter_context(self.run.hold())
                self._start(self.run)
                self._held = self._held.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        self._held.close()

    def _start(self, run: RunFolder) -> None:
        if os.path.lexists(run.checkpoint):
            self.state.load(run.checkpoint)
        else:
            save_weights(run.initial, self.state.model)
            self.save()

    def after_step(self, now: float) -> None:
        """Save if it is time."""
        if self.run is None:
            return
        if self.steps and self.state.position.step % self.steps == 0:
            self.save()
        if self.seconds and now - self.last >= self.seconds:
            self.save()

    def after_epoch(self) -> None:
        """Save if the last time is a moment ago."""
        if self.run is not None and time.perf_counter() - self.last >= EPOCH_END:
            self.save()

    def save(self) -> None:
        """Write checkpoint and history.  Bad numbers replace no good checkpoint: TrainingError."""
        if self.run is None:
            return
        check_finite(self.state.model, self.state.position.step)
        self.state.save(self.run.checkpoint)
        write_file(self.run.history, self.state.history.to_csv())
        self.last = time.perf_counter()

    def finish(self) -> None:
        """Write what stays: checkpoint, history and weights."""
        self.save()
        if self.run is not None:
            save_weights(self.run.weights, self.state.model)


def check_finite(model: Any, step: int) -> None:
    """Raise TrainingError if a parameter holds NaN or infinity."""
    for name, array in model.state_dict().items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise TrainingError(f"the parameter {name} became NaN or infinite in step {step}")
