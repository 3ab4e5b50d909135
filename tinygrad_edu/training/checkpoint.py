"""Everything a run needs to go on as if it had never stopped, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import random
from ..errors import CheckpointError
from .array_file import load_arrays, save_arrays
from .history import History

KIND = "checkpoint 1"  # the number changes when the layout does
PREFIX = "model/"  # of the names that the weights have in the file


@dataclass
class Position:
    """Where a run stands: whole epochs behind it, batches of the next one, and that one's sums so far."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss_sum: float = 0.0  # sum of the losses of the images so far
    correct: int = 0
    images: int = 0
    seconds: float = 0.0

    def count(self, loss: float, correct: int, images: int, seconds: float) -> None:
        """Move on by one batch."""
        self.batch += 1
        self.step += 1
        self.loss_sum += loss * images
        self.correct += correct
        self.images += images
        self.seconds += seconds

    def next_epoch(self) -> None:
        """Move on to the start of the next epoch."""
        self.epoch += 1
        self.batch = self.correct = self.images = 0
        self.loss_sum = self.seconds = 0.0


@dataclass
class TrainingState:
    """All that changes while a network is trained; `settings` is what must stay the same for going on."""

    model: Any
    optimizer: Any
    schedule: Any
    settings: dict[str, Any]
    position: Position
    history: History

    def save(self, path: Path) -> None:
        """Write a checkpoint, atomically.  Raises RunFolderError."""
        tree = {
            "kind": KIND,
            "settings": self.settings,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": None if self.schedule is None else self.schedule.state_dict(),
            "random": random.get_state(),
            "position": asdict(self.position),
            "history": self.history.to_list(),
        }
        arrays: dict[str, np.ndarray] = {}
        save_arrays(path, arrays, _take_out(tree, "", arrays))

    def load(self, path: Path) -> None:
        """Go on from a checkpoint.  Raises CheckpointError if it is damaged or belongs to another run."""
        arrays, description = load_arrays(path)
        if description.get("kind") != KIND:
            raise CheckpointError(f"{path}: not a checkpoint of this version of tinygrad-edu")
        tree = _put_back(description, arrays)
        for name, now in self.settings.items():
            then = tree["settings"].get(name)
            if then != now:
                raise CheckpointError(f"{path}: belongs to a run with {name} {then!r}, not {now!r}")
        try:
            self.model.load_state_dict(tree["model"])
            self.optimizer.load_state_dict(tree["optimizer"])
            if self.schedule is not None:
                self.schedule.load_state_dict(tree["schedule"])
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path}: belongs to another network or optimizer ({error})") from error
        random.set_state(tree["random"])
        self.position = Position(**tree["position"])
        self.history = History.from_list(tree["history"])


def _take_out(tree: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return a nested state with each array replaced by its name, and put the arrays into `arrays`."""
    if isinstance(tree, np.ndarray):
        arrays[path] = tree
        return {"array": path}
    if isinstance(tree, Mapping):
        return {key: _take_out(value, f"{path}/{key}" if path else key, arrays) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_take_out(value, f"{path}/{i}", arrays) for i, value in enumerate(tree)]
    return tree.item() if isinstance(tree, np.generic) else tree


def _put_back(tree: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """Undo `_take_out`."""
    if isinstance(tree, dict):
        if tree.keys() == {"array"}:
            return arrays[tree["array"]]
        return {key: _put_back(value, arrays) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_put_back(value, arrays) for value in tree]
    return tree
