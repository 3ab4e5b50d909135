"""SequentialLR: schedules one after another, such as a warm-up and then a cosine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...errors import CheckpointError
from ...nn.checks import whole
from ...nn.setting import Setting
from .schedule import Schedule, check_optimizer

if TYPE_CHECKING:
    from ..optimizer import Optimizer


def _rising(what: str, value: Any) -> list[int]:
    """Return whole numbers, each larger than the one before, or raise ValueError."""
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{what} must be a list of integers, not {value!r}")
    steps = [whole(what, step, at_least=1) for step in value]
    if any(b <= a for a, b in pairwise(steps)):
        raise ValueError(f"{what} must rise, not {value!r}")
    return steps


class SequentialLR(Schedule):
    """lr(t) = lr_k(t - m_k),  schedule k being the last whose start m_k is not after t; m = (0, *milestones)

    Only this one is stepped; those in it give their formulas.

    Args:
        optimizer: whose settings it moves, which has to be that of the schedules.
        schedulers: at least two schedules; none that depends on what is measured.
        milestones: the step at which each but the first starts.

    >>> from tinygrad_edu import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(2, 2).parameters(), lr=1.0)
    >>> warm_up = optim.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> down = optim.CosineAnnealingLR(optimizer, T_max=4)
    >>> schedule = optim.SequentialLR(optimizer, [warm_up, down], milestones=[3])
    >>> [round(schedule.lr_at(t), 3) for t in range(8)]
    [0.25, 0.5, 0.75, 1.0, 0.854, 0.5, 0.146, 0.0]
    """

    settings = ("milestones",)

    milestones: Any = Setting(_rising)

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Schedule], milestones: Sequence[int]):
        check_optimizer(self, optimizer)
        self.milestones = milestones
        self.schedulers = list(schedulers)
        for part in self.schedulers:
            if not isinstance(part, Schedule) or part.needs_metric:
                raise TypeError(f"SequentialLR is made of schedules that go by steps, not of {part!r}")
            if part.optimizer is not optimizer:
                raise ValueError(f"SequentialLR: {type(part).__name__} moves another optimizer's learning rate")
        if len(self.schedulers) < 2 or len(self.milestones) != len(self.schedulers) - 1:
            raise ValueError(
                "SequentialLR needs at least two schedules, and a milestone for each but the first, not "
                f"{len(self.schedulers)} schedules and {len(self.milestones)} milestones"
            )
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        part, since = self._at(t)
        return part.lr_at(since)

    def settings_at(self, t: int) -> dict[str, Any]:
        """Return the optimizer's settings after t steps, those that the schedule of that moment moves."""
        part, since = self._at(t)
        return part.settings_at(since)

    @property
    def moves(self) -> tuple[str, ...]:
        """The optimizer's settings that it changes."""
        return tuple(dict.fromkeys(name for part in self.schedulers for name in part.moves))

    def for_group(self, k: int) -> SequentialLR:
        """Return the schedule as group k knows it."""
        own = super().for_group(k)
        own.schedulers = [part.for_group(k) for part in self.schedulers]
        return own

    def state_dict(self) -> dict[str, Any]:
        """Return the position and the settings, with those of its parts; all of it fits into JSON."""
        return {**super().state_dict(), "schedulers": [part.state_dict() for part in self.schedulers]}

    def loaded(self, state: Mapping[str, Any]) -> SequentialLR:
        """Return the schedule in another state.  Raises CheckpointError if it cannot be in it."""
        parts = state.get("schedulers")
        if not isinstance(parts, list) or len(parts) != len(self.schedulers):
            raise CheckpointError(f"this is no state of SequentialLR: {dict(state)}")
        if not all(isinstance(part, Mapping) for part in parts):
            raise CheckpointError(f"this is no state of SequentialLR: schedulers are {parts!r}")
        trial = super().loaded(state)
        if len(trial.milestones) != len(parts) - 1:
            raise CheckpointError(f"this is no state of SequentialLR: milestones are {trial.milestones}")
        trial.schedulers = [part.loaded(own) for part, own in zip(self.schedulers, parts, strict=True)]
        return trial

    def _at(self, t: int) -> tuple[Schedule, int]:
        """Return the schedule of step t, and how many steps it has taken by then."""
        k = bisect_right(self.milestones, t)
        return self.schedulers[k], t - ([0, *self.milestones])[k]
