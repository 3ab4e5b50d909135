"""What all schedules share: the formula, its position, and how it reaches the optimizer.

Each schedule is a formula, `lr_at(t)`, so its course can be drawn without training. `step()` counts t up and
gives the optimizer the new rate; call it after `optimizer.step()`, once a batch or once an epoch, whichever
the schedule is meant for.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ...autograd.commit import at_once
from ...errors import CheckpointError
from ...nn.checks import number, whole
from ...nn.setting import Setting
from ..optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S", bound="Schedule")


def check_optimizer(schedule: Schedule, optimizer: Any) -> None:
    """Raise TypeError unless this is an optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(schedule).__name__} needs an optimizer, whose lr it sets, not {optimizer!r}")


class Schedule:
    """A learning rate that changes with the number of steps: subclass it and define `lr_at`.

    Each parameter group has its own course, by the same formula from its own base_lr.

    Attributes:
        optimizer: whose `lr` it sets.
        base_lr: the optimizer's learning rate at the start (of the first group; `base_lrs` has all). Where a schedule
            has moved it already, it is what that one started from: so several can be made, and put one after another
            by `SequentialLR`. A rate that is assigned, `optimizer.lr = 0.1`, is a new start.
        t: how many steps were taken.
    """

    settings: ClassVar[tuple[str, ...]] = ()  # the attributes a state_dict keeps, besides base_lr and the position
    position: ClassVar[tuple[str, ...]] = ("t",)  # the attributes that change as it goes on
    needs_metric: ClassVar[bool] = False  # whether step() is given what was measured, after each epoch

    base_lr: Any = Setting(number, at_least=0)
    t: Any = Setting(whole, at_least=0)

    def __init__(self, optimizer: Optimizer):
        check_optimizer(self, optimizer)
        lrs = optimizer.initial_lrs or tuple(group["lr"] for group in optimizer.param_groups)
        vars(optimizer)["initial_lrs"] = lrs
        self.optimizer = optimizer
        self.base_lr = lrs[0]
        self.other_base_lrs: tuple[float, ...] = lrs[1:]
        self.t = 0
        self._go_to(0)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        raise NotImplementedError(f"{type(self).__name__} must define lr_at(self, t)")

    def settings_at(self, t: int) -> dict[str, Any]:
        """Return the optimizer's settings after t steps, those that the schedule moves."""
        return {"lr": self.lr_at(t)}

    @property
    def base_lrs(self) -> tuple[float, ...]:
        """Where the learning rate of each group starts."""
        return (self.base_lr, *self.other_base_lrs)

    @property
    def moves(self) -> tuple[str, ...]:
        """The optimizer's settings that it changes."""
        return ("lr",)

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError if settings, each of which is right by itself, do not go together."""

    def step(self) -> None:
        """Go one step on, whole or not at all."""
        self._go_to(self.t + 1)

    def _go_to(self, t: int) -> None:
        """Take t steps to have been taken, and give the optimizer its settings of that moment."""
        at_once((dict.update, vars(self.optimizer), self.changes_at(t)), (dict.update, vars(self), {"t": t}))

    # -- its groups ------------------------------------------------------------------------------------------

    def for_group(self: S, k: int) -> S:
        """Return the schedule as group k knows it: `base_lr` and the optimizer's settings are those of the group."""
        own = copy.copy(self)
        if self.other_base_lrs:
            vars(own).update(
                base_lr=self.base_lrs[k], other_base_lrs=(), optimizer=self.optimizer.as_group(k)
            )
        return own

    def changes_at(self, t: int) -> dict[str, Any]:
        """Return the optimizer's attributes after t steps, checked.  Raises ValueError where there is no such step."""
        count = len(self.optimizer.sizes)
        if count != len(self.base_lrs):
            raise ValueError(
                f"{type(self).__name__} was made for {len(self.base_lrs)} groups, but the optimizer has {count} now; "
                "make the schedule after add_param_group"
            )
        return self.optimizer.in_groups([self.for_group(k).settings_at(t) for k in range(count)])

    # -- its state -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Return the position and the settings; all of it fits into JSON."""
        base = {"base_lrs": list(self.base_lrs)} if self.other_base_lrs else {"base_lr": self.base_lr}
        kept = {name: getattr(self, name) for name in (*self.position, *self.settings)}
        return {"schedule": type(self).__name__, **base, **kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state_dict` was called, and give the optimizer the learning rate of that moment.

        Raises:
            CheckpointError: the state is of another schedule. Then nothing was changed.
        """
        trial = self.loaded(state)
        try:
            changes = trial.changes_at(trial.t)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise CheckpointError(f"this is no state of {type(self).__name__}: {error}") from error
        at_once((dict.update, vars(self.optimizer), changes), (dict.update, vars(self), vars(trial)))

    def loaded(self: S, state: Mapping[str, Any]) -> S:
        """Return the schedule in another state.  Raises CheckpointError if it cannot be in it."""
        own = self.state_dict()
        if state.keys() != own.keys() or state["schedule"] != own["schedule"]:
            raise CheckpointError(f"this is no state of {own['schedule']}: {dict(state)}")
        trial = copy.copy(self)
        for name in self.settings:  # all go before the first comes: they are checked together
            vars(trial).pop(name)
        try:
            for name, value in state.items():
                if name == "base_lrs":
                    self._check_base_lrs(value)
                    trial.base_lr, trial.other_base_lrs = value[0], tuple(value[1:])
                elif name != "schedule":
                    setattr(trial, name, value)
        except (TypeError, ValueError, ArithmeticError) as error:
            raise CheckpointError(f"this is no state of {own['schedule']}: {error}") from error
        return trial

    def _check_base_lrs(self, lrs: Any) -> None:
        if not isinstance(lrs, list) or len(lrs) != len(self.base_lrs):
            raise ValueError(f"base_lrs must be a list of {len(self.base_lrs)} numbers, not {lrs!r}")
        for lr in lrs:
            number(f"{type(self).__name__}: base_lrs", lr, at_least=0)
