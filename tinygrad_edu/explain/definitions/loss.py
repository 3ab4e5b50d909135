"""The negative log-likelihood."""

from ... import ops
from ...ops.targets import class_axis, counts
from ..elements import Operand, loops
from .register import defines


@defines(ops.nll_loss)
def nll_loss(at, log_probs, targets, *, weight, ignore_index, reduction):
    """y = sum over n of -log_probs[n, targets[n]] / count;  without a reduction y[n] is one of them

    With weights each term is multiplied by its target's, and the count is their sum.
    """
    n = tuple(at) if reduction == "none" else loops(*targets.shape)
    axis = class_axis(log_probs.shape)
    each = -log_probs[(*n[:axis], targets.array[n], *n[axis:])]
    often = counts(log_probs.array, targets.array, weight, ignore_index)
    if often is not None:
        each = (each * Operand(often)[n]).where(often[n] != 0)
    count = targets.size if often is None else often.sum()
    yield each / float(count) if reduction == "mean" else each
