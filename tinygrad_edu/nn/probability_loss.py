"""Losses between probabilities as modules: of yes and no, and of distributions."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..ops.targets import REDUCTIONS
from .checks import flag
from .loss import reduction_name, weights
from .module import Module
from .setting import Setting


class BCELoss(Module):
    """y = -(targets * log(probs) + (1 - targets) * log(1 - probs)), averaged, summed or each on its own

    Args:
        weight: what each term is multiplied by, of a shape that broadcasts to theirs, or None.
        reduction: "mean", "sum" or "none".

    Shapes: probs, numbers from 0 to 1, and targets any, the same; y (), or theirs for "none".
    Buffer: weight, if there is one.

    >>> import tinygrad_edu as tge
    >>> round(tge.nn.BCELoss()(tge.tensor([0.5, 0.5]), tge.tensor([1.0, 0.0])).item(), 4)
    0.6931
    """

    reduction: Any = Setting(reduction_name)

    def __init__(self, weight: Any = None, reduction: str = "mean"):
        self.weight = weights(f"{type(self).__name__}: weight", weight)
        self.reduction = reduction

    def forward(self, probs: Any, targets: Any) -> Any:
        """Compute the loss of probabilities."""
        return ops.binary_cross_entropy(probs, targets, self.weight, self.reduction)

    def extra_repr(self) -> str:
        """Name the reduction."""
        return f"reduction={self.reduction!r}"


class BCEWithLogitsLoss(BCELoss):
    """y = BCELoss of sigmoid(logits), also where the sigmoid rounds to 0 or 1

    Args:
        weight, reduction: as for `BCELoss`.
        pos_weight: how many times a yes counts, of a shape that broadcasts to theirs, or None.

    Shapes: logits any, targets the same; y (), or theirs for "none".
    Buffers: weight and pos_weight, if there are any.

    >>> import tinygrad_edu as tge
    >>> tge.nn.BCEWithLogitsLoss()(tge.tensor([-500.0]), tge.tensor([1.0])).item()
    500.0
    """

    def __init__(self, weight: Any = None, reduction: str = "mean", pos_weight: Any = None):
        super().__init__(weight, reduction)
        self.pos_weight = weights("BCEWithLogitsLoss: pos_weight", pos_weight)

    def forward(self, logits: Any, targets: Any) -> Any:
        """Compute the loss of scores."""
        return ops.binary_cross_entropy_with_logits(logits, targets, self.weight, self.reduction, self.pos_weight)


class KLDivLoss(Module):
    """y = targets * (log(targets) - log_probs): how far the predicted distribution is from the targets

    Args:
        reduction: "mean", "sum", "none", or "batchmean": the sum / the length of the first axis, the divergence of an
            example on average.
        log_target: whether the targets are logarithms of probabilities too.

    Shapes: log_probs and targets any, the same; y (), or theirs for "none".

    >>> import tinygrad_edu as tge
    >>> even = tge.log_softmax(tge.zeros(1, 2))
    >>> round(tge.nn.KLDivLoss("batchmean")(even, tge.tensor([[1.0, 0.0]])).item(), 4)
    0.6931
    """

    reduction: Any = Setting(reduction_name, known=(*REDUCTIONS, "batchmean"))

    def __init__(self, reduction: str = "mean", log_target: bool = False):
        self.reduction = reduction
        self.log_target = flag("KLDivLoss: log_target", log_target)

    def forward(self, log_probs: Any, targets: Any) -> Any:
        """Compute the loss of logarithms of probabilities."""
        return ops.kl_div(log_probs, targets, self.reduction, self.log_target)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"reduction={self.reduction!r}, log_target={self.log_target}"
