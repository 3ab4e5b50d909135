"""The losses of regression as modules: how far predictions are from what they should be."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import number
from .loss import reduction_name
from .module import Module
from .setting import Setting


class MSELoss(Module):
    """y = (predictions - targets)^2, averaged ("mean"), summed ("sum") or each on its own ("none")

    Args:
        reduction: "mean", "sum" or "none".

    Shapes: predictions and targets any, the same; y (), or theirs for "none".

    >>> import tinygrad_edu as tge
    >>> tge.nn.MSELoss()(tge.tensor([1.0, 2.0]), tge.tensor([1.0, 4.0])).item()
    2.0
    """

    reduction: Any = Setting(reduction_name)

    def __init__(self, reduction: str = "mean"):
        self.reduction = reduction

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return ops.mse_loss(predictions, targets, reduction=self.reduction)

    def extra_repr(self) -> str:
        """Name the reduction."""
        return f"reduction={self.reduction!r}"


class L1Loss(MSELoss):
    """y = |predictions - targets|, reduced as by `MSELoss`

    >>> import tinygrad_edu as tge
    >>> tge.nn.L1Loss()(tge.tensor([1.0, 2.0]), tge.tensor([1.0, 4.0])).item()
    1.0
    """

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return ops.l1_loss(predictions, targets, reduction=self.reduction)


class HuberLoss(MSELoss):
    """y = e^2 / 2 where an error e is small, delta * (|e| - delta / 2) where |e| > delta, reduced as by `MSELoss`

    Args:
        reduction: "mean", "sum" or "none".
        delta: where the parabola goes over into its tangent, above 0.

    >>> import tinygrad_edu as tge
    >>> tge.nn.HuberLoss()(tge.tensor([0.5, 10.0]), tge.zeros(2)).item()
    4.8125
    """

    delta: Any = Setting(number, above=0)

    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        super().__init__(reduction)
        self.delta = delta

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return ops.huber_loss(predictions, targets, self.reduction, self.delta)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"{super().extra_repr()}, delta={self.delta}"


class SmoothL1Loss(MSELoss):
    """y = |e| - beta / 2, but e^2 / (2 beta) where |e| < beta, reduced as by `MSELoss`: HuberLoss / beta

    Args:
        reduction: "mean", "sum" or "none".
        beta: where the parabola ends; 0: nowhere, as in `L1Loss`.

    >>> import tinygrad_edu as tge
    >>> tge.nn.SmoothL1Loss(beta=0.5)(tge.tensor([0.25, 10.0]), tge.zeros(2)).item()
    4.90625
    """

    beta: Any = Setting(number, at_least=0)

    def __init__(self, reduction: str = "mean", beta: float = 1.0):
        super().__init__(reduction)
        self.beta = beta

    def forward(self, predictions: Any, targets: Any) -> Any:
        """Compute the loss."""
        return ops.smooth_l1_loss(predictions, targets, self.reduction, self.beta)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"{super().extra_repr()}, beta={self.beta}"
