"""ReduceLROnPlateau: a smaller learning rate where no progress is seen any more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...autograd.commit import at_once
from ...nn.checks import number, whole
from ...nn.setting import Setting
from .schedule import Schedule

if TYPE_CHECKING:
    from ..optimizer import Optimizer


def _one_of(what: str, value: Any, *, names: tuple[str, str]) -> str:
    """Return one of two names, or raise ValueError."""
    if value not in names:
        raise ValueError(f'{what} is "{names[0]}" or "{names[1]}", not {value!r}')
    return value


def _best(what: str, value: Any) -> float | None:
    """Return the best that was measured so far, None if nothing was; or raise ValueError."""
    return None if value is None else _measured(what, value)


def _measured(what: str, value: Any) -> float:
    """Return a number, perhaps infinite; a NaN could be neither better nor worse, and is refused."""
    try:
        result = math.nan if isinstance(value, (str, bool)) else float(value)
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    if math.isnan(result):
        raise ValueError(f"{what} must be a number, not {value!r}")
    return result


class ReduceLROnPlateau(Schedule):
    """lr <- max(lr * factor, min_lr)  when what is measured was no better for more than `patience` epochs

    Call `step(metric)` after each epoch, with the loss on held-out data. Better than the best so far means

        mode "min":  metric < best * (1 - threshold)     or, with threshold_mode "abs",  metric < best - threshold
        mode "max":  metric > best * (1 + threshold)     or                              metric > best + threshold

    After a reduction, bad epochs do not count for `cooldown` epochs. Its course is not known beforehand, so there is
    no `lr_at`. `training.fit` gives it the test loss ("min") or the test accuracy ("max") of each epoch; without a
    test, those of the training.

    Args:
        optimizer: whose lr it reduces, that of each group by the same factor.
        mode: "min", the smaller the better; or "max".
        factor: of the reduction, at least 0 and below 1.
        patience: how many bad epochs are borne.
        threshold: how much better counts, see above.
        threshold_mode: "rel" or "abs".
        cooldown: see above.
        min_lr: below which no learning rate goes.
        eps: a reduction by no more than this is left out.

    Attributes:
        best, num_bad_epochs, cooldown_counter: where it stands; best is None before the first step.

    >>> from tinygrad_edu import nn, optim
    >>> optimizer = optim.SGD(nn.Linear(2, 2).parameters(), lr=1.0)
    >>> schedule = optim.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (0.9, 0.7, 0.8, 0.7, 0.75, 0.7):
    ...     schedule.step(loss)
    ...     print(optimizer.lr, end=" ")
    1.0 1.0 1.0 0.5 0.5 0.25
    """

    settings = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps")
    position = ("t", "best", "num_bad_epochs", "cooldown_counter")
    needs_metric = True

    mode: Any = Setting(_one_of, names=("min", "max"))
    factor: Any = Setting(number, at_least=0, below=1)
    patience: Any = Setting(whole, at_least=0)
    threshold: Any = Setting(number, at_least=0)
    threshold_mode: Any = Setting(_one_of, names=("rel", "abs"))
    cooldown: Any = Setting(whole, at_least=0)
    min_lr: Any = Setting(number, at_least=0)
    eps: Any = Setting(number, at_least=0)
    best: Any = Setting(_best)
    num_bad_epochs: Any = Setting(whole, at_least=0)
    cooldown_counter: Any = Setting(whole, at_least=0)

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ):
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.eps = eps
        self.best = None
        self.num_bad_epochs = self.cooldown_counter = 0
        super().__init__(optimizer)

    def lr_at(self, t: int) -> float:
        """There is none: the course depends on what will be measured."""
        raise TypeError("ReduceLROnPlateau has no lr_at(t): its course depends on what will be measured")

    def settings_at(self, t: int) -> dict[str, Any]:
        """Return nothing: at no step is a learning rate due."""
        return {}

    def step(self, metric: Any = None) -> None:  # type: ignore[override]
        """Take in what was measured after an epoch, and reduce the learning rates if it is time.

        Raises:
            ValueError: there is no metric, or it is NaN.
        """
        metric = _measured("ReduceLROnPlateau: step(metric)", metric)
        best, bad, cooling = self.best, self.num_bad_epochs + 1, self.cooldown_counter
        if self._is_better(metric):
            best, bad = metric, 0
        if cooling:
            bad, cooling = 0, cooling - 1
        new: list[dict[str, Any]] = [{} for _ in self.optimizer.param_groups]
        if bad > self.patience:
            bad, cooling = 0, self.cooldown
            for settings, group in zip(new, self.optimizer.param_groups, strict=True):
                reduced = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - reduced > self.eps:
                    settings["lr"] = reduced
        here = {"t": self.t + 1, "best": best, "num_bad_epochs": bad, "cooldown_counter": cooling}
        at_once(
            (dict.update, vars(self.optimizer), self.optimizer.in_groups(new)),
            (dict.update, vars(self), here),
        )

    def _is_better(self, metric: float) -> bool:
        if self.best is None:
            return True
        margin = self.threshold if self.mode == "max" else -self.threshold
        limit = self.best * (1 + margin) if self.threshold_mode == "rel" else self.best + margin
        return metric > limit if self.mode == "max" else metric < limit
