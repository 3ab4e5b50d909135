"""Everything a run needs to go on as if it had never stopped, in one file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .. import random
from ..errors import CheckpointError
from .array_file import load_arrays, save_arrays
from .history import History

KIND = "checkpoint 2"  # the number changes when the layout does
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

    def check(self) -> None:
        """Raise ValueError unless a run can stand there."""
        whole = (self.epoch, self.batch, self.step, self.correct, self.images)
        sums = (self.loss_sum, self.seconds)
        if not all(type(n) is int and n >= 0 for n in whole):
            raise ValueError(f"its counts must be whole numbers of at least 0, not {whole}")
        if not all(type(s) in (int, float) and math.isfinite(s) for s in sums):
            raise ValueError(f"its sums must be finite numbers, not {sums}")
        if (self.batch == 0) != (self.images == 0) or self.correct > self.images or self.step < self.batch:
            raise ValueError(f"no run stands at {self}")

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
        """Go on from a checkpoint.

        Raises CheckpointError if it is damaged, foreign or of another run. Then nothing was changed but, perhaps,
        the model and the optimizer.
        """
        arrays, description = load_arrays(path)
        if description.get("kind") != KIND:
            raise CheckpointError(f"{path}: not a checkpoint of this version of tinygrad-edu")
        try:
            tree = _put_back(description, arrays)
            other = difference(tree["settings"], self.settings)
            position, history = Position(**tree["position"]), History.from_list(tree["history"])
            position.check()
            if tree["position"].keys() != asdict(position).keys():
                raise ValueError(f"a position has {', '.join(asdict(position))}")
            if len(history) != position.epoch:
                raise ValueError(f"a history of {len(history)} epochs, but {position.epoch} are over")
            random.check_state(tree["random"])
        except MALFORMED as error:
            raise CheckpointError(f"{path}: not what a checkpoint holds ({error!r})") from error
        if other:
            raise CheckpointError(f"{path}: belongs to a run with {other}")
        try:
            self.model.load_state_dict(tree["model"])
            self.optimizer.load_state_dict(tree["optimizer"])
            if self.schedule is not None:
                self.schedule.load_state_dict(tree["schedule"])
        except MALFORMED as error:
            raise CheckpointError(f"{path}: belongs to another network or optimizer ({error})") from error
        random.set_state(tree["random"])
        self.position, self.history = position, history


# What an object of the wrong make raises when it is taken apart.
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def rule_settings(optimizer: Any, schedule: Any) -> dict[str, Any]:
    """Return what of an optimizer and its schedule must stay the same for going on, fit for JSON."""
    state, plan = optimizer.state_dict(), None
    moved: tuple[str, ...] = ()
    if schedule is not None:
        kept = {name: value for name, value in schedule.state_dict().items() if name not in schedule.position}
        plan, moved = {"name" if name == "schedule" else name: value for name, value in kept.items()}, schedule.moves

    def lasting(group: dict[str, Any]) -> dict[str, Any]:  # a run older than a setting stays one where it is off
        later = optimizer.later
        return {n: value for n, value in group.items() if n not in moved and not (n in later and later[n] == value)}

    rule: dict[str, Any] = {"name": state["optimizer"]}
    if "groups" in state:
        rule["groups"] = [lasting(group) for group in state["groups"]]
    else:
        rule |= lasting(state["settings"])
    return _take_out({"schedule": plan, "optimizer": rule}, "", {})


def difference(then: Any, now: Any, name: str = "") -> str:
    """Name the first setting that is another one than then; "" if all are the same.

    >>> difference({"seed": 0, "optimizer": {"lr": 0.1}}, {"seed": 0, "optimizer": {"lr": 0.2}})
    'optimizer lr 0.1, not 0.2'
    """
    if isinstance(then, dict) and isinstance(now, dict):
        parts = (difference(then.get(key), now.get(key), f"{name} {key}") for key in {**then, **now})
        return next(filter(None, parts), "")
    shown = [value.get("name", value) if isinstance(value, dict) else value for value in (then, now)]
    return "" if then == now else f"{name.strip()} {shown[0]!r}, not {shown[1]!r}"


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
