"""The losses of classification: how unlikely a network thought the right answers."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .composite import composite
from .elementwise import gate
from .reduction import share
from .shape import expand_dims
from .softmax import log_softmax

REDUCTIONS = ("mean", "sum", "none")


@primitive
def nll_loss(log_probs, targets, *, reduction="mean"):
    """y = -log_probs[n, targets[n]], averaged over n ("mean"), summed ("sum") or each on its own ("none")

    The negative log-likelihood of the targets.

    Args:
        log_probs: logarithms of probabilities (n, classes), as `log_softmax` gives them.
        targets: the right classes (n,), integers from 0 to classes - 1: an array or a Tensor. They have no gradient.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError, TypeError: targets of another length, out of range, or not integers.

    >>> import tinygrad_edu as tge
    >>> round(tge.nll_loss(tge.log_softmax(tge.zeros(1, 10)), [3]).item(), 4)
    2.3026
    """
    targets = _checked(log_probs, targets, reduction)
    each = -log_probs[np.arange(len(targets)), targets]
    if reduction == "none":
        return each
    return active.kernels.mean(each) if reduction == "mean" else active.kernels.sum(each)


@nll_loss.backward("log_probs")
def nll_loss_dlog_probs(g, y, log_probs, targets, *, reduction):
    """dL/dlog_probs = -g at each row's target, and / n for "mean"; 0 elsewhere: only the targets are in the loss

    y = -(sum over n of log_probs[n,targets[n]]) / n, so dy/dlog_probs[n,k] = -[k = targets[n]] / n.
    Behind log_softmax, whose rule is g - p * (sum of g) with p = softmax(logits), this g sums to -1/n in each row, and
    dL/dlogits = -onehot/n + p/n = (p - onehot) / n: by how much the probabilities miss the answer.
    """
    n, classes = log_probs.shape
    is_target = np.asarray(targets)[:, None] == np.arange(classes)
    if reduction == "none":
        g = expand_dims(g, 1)
    return gate(-share(g, n) if reduction == "mean" else -g, is_target)


nll_loss.zero_gradient("targets")


@composite
def cross_entropy(logits, targets, reduction="mean"):
    """Return nll_loss(log_softmax(logits), targets): the cross-entropy of the softmax of the logits with the targets.

    Its gradient by the logits is (softmax(logits) - onehot(targets)) / n: nll_loss sends -onehot/n back, and
    log_softmax makes of that -onehot/n + softmax(logits)/n.

    Shapes: logits (n, classes), targets (n,) integers; y is one number, or (n,) for reduction="none".

    >>> import tinygrad_edu as tge
    >>> logits = tge.tensor([[2.0, 0.0]], requires_grad=True)
    >>> tge.cross_entropy(logits, [0]).backward()
    >>> logits.grad.data.round(3)             # softmax(logits) - onehot(targets)
    array([[-0.119,  0.119]], dtype=float32)
    """
    return nll_loss(log_softmax(logits), targets, reduction)


def _checked(log_probs, targets, reduction):
    """Return the targets as an integer array, or raise saying what does not fit."""
    targets = np.asarray(targets)
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, not {reduction!r}")
    if log_probs.ndim != 2:
        swapped = "; the scores come first, then the targets" if targets.ndim == 2 else ""
        raise ValueError(f"the loss needs scores of shape (n, classes), not {log_probs.shape}{swapped}")
    n, classes = log_probs.shape
    if targets.shape != (n,):
        one_hot = (
            "; of one-hot rows take the class numbers, targets.argmax(axis=1)" if targets.shape == (n, classes) else ""
        )
        raise ValueError(
            f"scores of shape {log_probs.shape} need targets of shape ({n},), not {targets.shape}{one_hot}"
        )
    if targets.dtype.kind not in "iu":
        raise TypeError(f"targets are class numbers, integers, not {targets.dtype}")
    if n and not (np.minimum.reduce(targets) >= 0 and np.maximum.reduce(targets) < classes):
        wrong = targets[(targets < 0) | (targets >= classes)][0]
        raise ValueError(f"target {wrong} is out of range: {classes} classes are numbered 0 to {classes - 1}")
    return targets
