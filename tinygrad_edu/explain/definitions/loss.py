"""The negative log-likelihood."""

from ... import ops
from ..elements import loops
from .register import defines


@defines(ops.nll_loss)
def nll_loss(at, log_probs, targets, *, reduction):
    """y = sum over n of -log_probs[n, targets[n]] / count;  without a reduction y[n] is one of them"""
    (n,) = at if reduction == "none" else loops(log_probs.shape[0])
    each = -log_probs[n, targets.array[n]]
    yield each / log_probs.shape[0] if reduction == "mean" else each
