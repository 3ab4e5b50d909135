"""Plain courses of the learning rate: in steps, along a line, along a cosine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...nn.checks import number, whole
from ...nn.setting import Setting
from .schedule import Schedule

if TYPE_CHECKING:
    from ..optimizer import Optimizer


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


class LinearLR(Schedule):
    """lr(t) = base_lr * (start_factor + (end_factor - start_factor) * min(t / total_iters, 1))

    A warm-up: short steps while the first gradients are still large and Adam's means are made of few of them, then
    the whole learning rate. `SequentialLR` puts another course after it. Goyal et al., "Accurate, large minibatch
    SGD: training ImageNet in 1 hour" (2017).

    >>> from tinygrad_edu import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(2, 2).parameters(), lr=1.0)
    >>> schedule = optim.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> [schedule.lr_at(t) for t in range(5)]
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    settings = ("start_factor", "end_factor", "total_iters")

    start_factor: Any = Setting(number, above=0, at_most=1)
    end_factor: Any = Setting(number, at_least=0, at_most=1)
    total_iters: Any = Setting(whole, at_least=1)

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ):
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """Return the learning rate after t steps."""
        done = min(t / self.total_iters, 1)
        return self.base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


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
