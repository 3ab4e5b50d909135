"""The losses of classification as modules."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..ops.loss import REDUCTIONS
from .module import Module


class NLLLoss(Module):
    """y = -log_probs[n, targets[n]], averaged over n ("mean"), summed ("sum") or each on its own ("none")

    The negative log-likelihood: small where the right answer was given a large probability.

    Args:
        reduction: "mean", "sum" or "none".

    Shapes: log_probs (n, classes), targets (n,) integers from 0 to classes - 1, y () or (n,).

    >>> import tinygrad_edu as tge
    >>> tge.nn.NLLLoss()(tge.tensor([[-0.5, -1.0]]), [1]).item()
    1.0
    """

    def __init__(self, reduction: str = "mean"):
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, not {reduction!r}")
        self.reduction = reduction

    def forward(self, log_probs: Any, targets: Any) -> Any:
        """Compute the loss of logarithms of probabilities."""
        return ops.nll_loss(log_probs, targets, reduction=self.reduction)

    def extra_repr(self) -> str:
        """Name the reduction."""
        return f"reduction={self.reduction!r}"


class CrossEntropyLoss(NLLLoss):
    """y = nll_loss(log_softmax(logits), targets)

    dL/dlogits = (softmax(logits) - onehot(targets)) / n with "mean": what was answered minus what is right.

    Args:
        reduction: "mean", "sum" or "none".

    Shapes: logits (n, classes), targets (n,) integers from 0 to classes - 1, y () or (n,).

    >>> import math, tinygrad_edu as tge
    >>> math.isclose(tge.nn.CrossEntropyLoss()(tge.zeros(3, 10), [7, 0, 2]).item(), math.log(10), rel_tol=1e-6)
    True
    """

    def forward(self, logits: Any, targets: Any) -> Any:
        """Compute the loss of logits."""
        return ops.cross_entropy(logits, targets, reduction=self.reduction)
