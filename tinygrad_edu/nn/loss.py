"""The losses of classification as modules."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..ops.loss import REDUCTIONS
from .module import Module


class NLLLoss(Module):
    """y = -log_probs[n, targets[n]], averaged over n ("mean"), summed ("sum") or each on its own ("none")

    Shapes: log_probs (n, classes), targets (n,) integers.
    """

    def __init__(self, reduction: str = "mean"):
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, not {reduction!r}")
        self.reduction = reduction

    def forward(self, log_probs: Any, targets: Any) -> Any:
        """Compute the loss of logarithms of probabilities."""
        return ops.nll_loss(log_probs, targets, self.reduction)

    def extra_repr(self) -> str:
        """Name the reduction."""
        return f"reduction={self.reduction!r}"


class CrossEntropyLoss(NLLLoss):
    """y = nll_loss(log_softmax(logits), targets)

    Shapes: logits (n, classes), targets (n,) integers.
    """

    def forward(self, logits: Any, targets: Any) -> Any:
        """Compute the loss of logits."""
        return ops.cross_entropy(logits, targets, self.reduction)
