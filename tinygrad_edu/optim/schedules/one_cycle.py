"""OneCycleLR: the learning rate goes up and down once, and momentum the other way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...nn.checks import flag, number, whole
from ...nn.setting import Setting
from .schedule import Schedule, check_optimizer

if TYPE_CHECKING:
    from ..optimizer import Optimizer


def _rates(what: str, value: Any) -> float | list[float]:
    """Return a learning rate or, for several groups, a list of them; or raise ValueError."""
    if not isinstance(value, (list, tuple)) or len(value) < 2:
        return number(what, value, at_least=0)
    return [number(what, one, at_least=0) for one in value]


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
        max_lr: the learning rate at the top; a list has one for each group.
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

    max_lr: Any = Setting(_rates)
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
        max_lr: float | Sequence[float],
        total_steps: int,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool | None = None,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ):
        check_optimizer(self, optimizer)
        has_momentum = any(group.get("momentum") or "betas" in group for group in optimizer.param_groups)
        if cycle_momentum is not None and flag("OneCycleLR: cycle_momentum", cycle_momentum) and not has_momentum:
            raise ValueError(f"OneCycleLR: {type(optimizer).__name__} without momentum has none to cycle")
        self.max_lr = max_lr
        if isinstance(self.max_lr, list) and len(self.max_lr) != len(optimizer.sizes):
            there = f"{len(self.max_lr)} rates for {len(optimizer.sizes)} groups"
            raise ValueError(f"OneCycleLR: max_lr must be a number, or one for each group, not {there}")
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
        top = self.max_lr[0] if isinstance(self.max_lr, list) else self.max_lr
        low = top / self.div_factor
        return self._course(t, low, top, low / self.final_div_factor)

    def for_group(self, k: int) -> OneCycleLR:
        """Return the schedule as group k knows it, with the one max_lr that is the group's."""
        own = super().for_group(k)
        if isinstance(self.max_lr, list):
            own.max_lr = self.max_lr[k]
        return own

    @property
    def moves(self) -> tuple[str, ...]:
        """The optimizer's settings that it changes."""
        return ("lr", "momentum", "betas") if self.cycle_momentum else ("lr",)

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
