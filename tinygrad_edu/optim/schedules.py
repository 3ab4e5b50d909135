"""Schedules: the learning rate as a function of the number of steps taken.

Each schedule is a formula, `lr_at(t)`, so its course can be drawn without training. `step()` counts t up and
gives the optimizer the new rate; call it after `optimizer.step()`, once a batch or once an epoch, whichever
the schedule is meant for.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, Any, ClassVar

from ..autograd.commit import at_once
from ..errors import CheckpointError
from ..nn.checks import flag, number, whole
from ..nn.setting import Setting
from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Mapping


class Schedule:
    """A learning rate that changes with the number of steps: subclass it and define `lr_at`.

    Attributes:
        optimizer: whose `lr` it sets.
        base_lr: the optimizer's learning rate at the start.
        t: how many steps were taken.
    """

    settings: ClassVar[tuple[str, ...]] = ()  # the attributes a state_dict keeps, besides base_lr and t

    base_lr: Any = Setting(number, at_least=0)
    t: Any = Setting(whole, at_least=0)

    def __init__(self, optimizer: Optimizer):
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__} needs an optimizer, whose lr it sets, not {optimizer!r}")
        self.optimizer = optimizer
        self.base_lr = optimizer.lr
        self.t = 0
        self._go_to(0)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        raise NotImplementedError(f"{type(self).__name__} must define lr_at(self, t)")

    def settings_at(self, t: int) -> dict[str, Any]:
        """Return the optimizer's settings after t steps, those that the schedule moves."""
        return {"lr": self.lr_at(t)}

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError if settings, each of which is right by itself, do not go together."""

    def step(self) -> None:
        """Go one step on, whole or not at all."""
        self._go_to(self.t + 1)

    def _go_to(self, t: int) -> None:
        """Take t steps to have been taken, and give the optimizer its settings of that moment."""
        settings = self.optimizer.checked(self.settings_at(t))
        at_once((dict.update, vars(self.optimizer), settings), (dict.update, vars(self), {"t": t}))

    def state_dict(self) -> dict[str, Any]:
        """Return the position and the settings; all of it fits into JSON."""
        kept = {name: getattr(self, name) for name in ("base_lr", "t", *self.settings)}
        return {"schedule": type(self).__name__, **kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where `state_dict` was called, and give the optimizer the learning rate of that moment.

        Raises:
            CheckpointError: the state is of another schedule. Then nothing was changed.
        """
        own = self.state_dict()
        if state.keys() != own.keys() or state["schedule"] != own["schedule"]:
            raise CheckpointError(f"this is no state of {own['schedule']}: {dict(state)}")
        trial = copy.copy(self)
        for name in self.settings:  # all go before the first comes: they are checked together
            vars(trial).pop(name)
        try:
            for name, value in state.items():
                if name != "schedule":
                    setattr(trial, name, value)
            settings = self.optimizer.checked(trial.settings_at(trial.t))
        except (TypeError, ValueError, ArithmeticError) as error:
            raise CheckpointError(f"this is no state of {own['schedule']}: {error}") from error
        at_once((dict.update, vars(self.optimizer), settings), (dict.update, vars(self), vars(trial)))


class StepLR(Schedule):
    """lr(t) = base_lr * gamma^floor(t / step_size)

    >>> from tinygrad_edu import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(2, 2).parameters(), lr=1.0)
    >>> schedule = optim.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> [schedule.lr_at(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    settings = ("step_size", "gamma")

    step_size: Any = Setting(whole, at_least=1)
    gamma: Any = Setting(number, at_least=0)

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1):
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        return self.base_lr * self.gamma ** (t // self.step_size)


class CosineAnnealingLR(Schedule):
    """lr(t) = eta_min + (base_lr - eta_min) * (1 + cos(pi * t / T_max)) / 2

    Half a cosine from base_lr down to eta_min in T_max steps (and up again, if one goes on). Loshchilov and
    Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), without the restarts.
    """

    settings = ("T_max", "eta_min")

    T_max: Any = Setting(whole, at_least=1)
    eta_min: Any = Setting(number, at_least=0)

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        return self.eta_min + (self.base_lr - self.eta_min) * (1 + math.cos(math.pi * t / self.T_max)) / 2


def _strategy(what: str, value: Any) -> str:
    """Return "cos" or "linear", or raise ValueError."""
    if value not in ("cos", "linear"):
        raise ValueError(f'{what} is "cos" or "linear", not {value!r}')
    return value


class OneCycleLR(Schedule):
    """lr(t) goes from low = max_lr / div_factor up to max_lr, and then down to low / final_div_factor

    The way up takes pct_start of the total_steps. Both ways are half cosines, or straight lines; where `done`
    goes from 0 to 1 on each way:

        cos:     lr = end + (start - end) * (1 + cos(pi * done)) / 2
        linear:  lr = start + (end - start) * done

    Momentum, if the optimizer has any, goes the other way: down from max_momentum to base_momentum, and up
    again. (For Adam: beta1.) Smith and Topin, "Super-convergence" (2018).

    Args:
        optimizer: whose lr and momentum it sets.
        max_lr: the learning rate at the top.
        total_steps: how many steps there are in all; the last one stands at total_steps - 1.
        pct_start: which part of them goes up, between 0 and 1.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether to move the momentum too. None: if the optimizer has momentum above 0
            (PyTorch's default, True, turns plain SGD into SGD with momentum).
        base_momentum, max_momentum, div_factor, final_div_factor: see above.
    """

    settings = (
        "max_lr",
        "total_steps",
        "pct_start",
        "anneal_strategy",
        "cycle_momentum",
        "base_momentum",
        "max_momentum",
        "div_factor",
        "final_div_factor",
    )

    max_lr: Any = Setting(number, at_least=0)
    total_steps: Any = Setting(whole, at_least=1)
    pct_start: Any = Setting(number, at_least=0, at_most=1)
    anneal_strategy: Any = Setting(_strategy)
    cycle_momentum: Any = Setting(flag)
    base_momentum: Any = Setting(number, at_least=0, below=1)
    max_momentum: Any = Setting(number, at_least=0, below=1)
    div_factor: Any = Setting(number, above=0)
    final_div_factor: Any = Setting(number, above=0)

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool | None = None,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ):
        has_momentum = bool(getattr(optimizer, "momentum", 0)) or hasattr(optimizer, "betas")
        if cycle_momentum is not None and flag("OneCycleLR: cycle_momentum", cycle_momentum) and not has_momentum:
            raise ValueError(f"OneCycleLR: {type(optimizer).__name__} without momentum has none to cycle")
        self.max_lr = max_lr
        self.total_steps = total_steps
        self.pct_start = pct_start
        self.anneal_strategy = anneal_strategy
        self.cycle_momentum = has_momentum if cycle_momentum is None else cycle_momentum
        self.base_momentum = base_momentum
        self.max_momentum = max_momentum
        self.div_factor = div_factor
        self.final_div_factor = final_div_factor
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        low = self.max_lr / self.div_factor
        return self._course(t, low, self.max_lr, low / self.final_div_factor)

    def momentum_at(self, t: int) -> float:
        """Return the momentum after t steps."""
        return self._course(t, self.max_momentum, self.base_momentum, self.max_momentum)

    def settings_at(self, t: int) -> dict[str, Any]:
        """Return the optimizer's learning rate, and its momentum, after t steps."""
        settings = super().settings_at(t)
        if self.cycle_momentum and hasattr(self.optimizer, "betas"):
            settings["betas"] = self.momentum_at(t), self.optimizer.betas[1]
        elif self.cycle_momentum:
            settings["momentum"] = self.momentum_at(t)
        return settings

    def _course(self, t: int, start: float, middle: float, end: float) -> float:
        """Return where a quantity that goes from start to middle to end stands after t steps."""
        if not 0 <= t < self.total_steps:
            raise ValueError(f"OneCycleLR: there is no step {t}; it was made for total_steps={self.total_steps}")
        top, last = self.pct_start * self.total_steps - 1, self.total_steps - 1
        if t <= top:
            return self._between(start, middle, t / top if top else 1.0)
        return self._between(middle, end, (t - top) / (last - top))

    def _between(self, start: float, end: float, done: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * done
        return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
