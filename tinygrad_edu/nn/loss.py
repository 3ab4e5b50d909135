"""The losses of classification as modules."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..autograd.tensor import Tensor
from ..ops.targets import REDUCTIONS
from .checks import number, whole
from .module import Module
from .parameter import Buffer
from .setting import Setting


def reduction_name(what: str, value: Any, known: tuple[str, ...] = REDUCTIONS) -> str:
    """Return the name of a reduction, or raise ValueError saying which there are."""
    if value not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}, not {value!r}")
    return value


def weights(what: str, value: Any) -> Buffer | None:
    """Return weights as a part of a module's state, or None.  Raises TypeError for what is no array of numbers."""
    if value is None:
        return None
    if isinstance(value, str):
        raise TypeError(
            f"{what} is an array of numbers, not {value!r}; a reduction is given by name: reduction={value!r}"
        )
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    return Buffer(array if array.dtype.kind == "f" else array.astype(np.float32))


class NLLLoss(Module):
    """y = -log_probs[n, targets[n]], averaged over n ("mean"), summed ("sum") or each on its own ("none")

    The negative log-likelihood: small where the right answer was given a large probability.

    Args:
        weight: how much each class counts (classes,), or None. "mean" divides by the sum of the targets' weights.
        ignore_index: the target that counts for nothing.
        reduction: "mean", "sum" or "none".

    Shapes: log_probs (n, classes), targets (n,) integers from 0 to classes - 1, y () or (n,); or more axes in each, as
    for images of classes: (n, classes, h, w) and (n, h, w).
    Buffer: weight, if there is one.

    >>> import tinygrad_edu as tge
    >>> tge.nn.NLLLoss()(tge.tensor([[-0.5, -1.0]]), [1]).item()
    1.0
    """

    reduction: Any = Setting(reduction_name)

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"):
        name = type(self).__name__
        self.weight = weights(f"{name}: weight", weight)
        self.ignore_index = whole(f"{name}: ignore_index", ignore_index)
        self.reduction = reduction

    def forward(self, log_probs: Any, targets: Any) -> Any:
        """Compute the loss of logarithms of probabilities."""
        return ops.nll_loss(log_probs, targets, self.weight, self.ignore_index, self.reduction)

    def extra_repr(self) -> str:
        """Name the reduction."""
        ignored = "" if self.ignore_index == -100 else f", ignore_index={self.ignore_index}"
        return f"reduction={self.reduction!r}{ignored}"


class CrossEntropyLoss(NLLLoss):
    """y = nll_loss(log_softmax(logits), targets)

    dL/dlogits = (softmax(logits) - onehot(targets)) / n with "mean": what was answered minus what is right.

    Args:
        weight, ignore_index, reduction: as for `NLLLoss`.
        label_smoothing: how much of each target's probability, from 0 to 1, is shared evenly among all classes.

    Shapes: logits (n, classes), targets (n,) integers from 0 to classes - 1, or probabilities of the logits' shape;
    y () or (n,); and with more axes as for `NLLLoss`.

    >>> import math, tinygrad_edu as tge
    >>> math.isclose(tge.nn.CrossEntropyLoss()(tge.zeros(3, 10), [7, 0, 2]).item(), math.log(10), rel_tol=1e-6)
    True
    """

    label_smoothing: Any = Setting(number, at_least=0, at_most=1)

    def __init__(
        self, weight: Any = None, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ):
        super().__init__(weight, ignore_index, reduction)
        self.label_smoothing = label_smoothing

    def forward(self, logits: Any, targets: Any) -> Any:
        """Compute the loss of logits."""
        return ops.cross_entropy(logits, targets, self.weight, self.ignore_index, self.reduction, self.label_smoothing)

    def extra_repr(self) -> str:
        """Name the reduction."""
        smoothed = f", label_smoothing={self.label_smoothing}" if self.label_smoothing else ""
        return super().extra_repr() + smoothed
