"""The losses of classification: how unlikely a network thought the right answers."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .choice import gate
from .composite import composite
from .parameters import shape_of
from .reduction import mean, share, sum
from .shape import expand_dims
from .softmax import log_softmax
from .targets import (
    IGNORED,
    REDUCTIONS,
    are_probabilities,
    check_reduction,
    class_axis,
    class_numbers,
    counts,
    weight_of_classes,
)

__all__ = ["REDUCTIONS", "cross_entropy", "nll_loss", "reduced"]


@primitive
def nll_loss(log_probs, targets, *, weight=None, ignore_index=IGNORED, reduction="mean"):
    """y = -log_probs[n, targets[n]], averaged over n ("mean"), summed ("sum") or each on its own ("none")

    The negative log-likelihood of the targets.

    Args:
        log_probs: logarithms of probabilities (n, classes), as `log_softmax` gives them; (n, classes, h, w) for a class
            at every pixel, or with any other axes behind; (classes,) for a single example.
        targets: the right classes (n,), or (n, h, w), integers from 0 to classes - 1: an array or a Tensor. They have
            no gradient.
        weight: how much each class counts (classes,): the term of n is multiplied by weight[targets[n]], and "mean"
            divides by the sum of these. None: each class counts once. It gets no gradient.
        ignore_index: targets of this number count for nothing, as if they were not there.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError, TypeError: targets of another shape, out of range, or not integers; a weight that does not fit.

    >>> import tinygrad_edu as tge
    >>> round(tge.nll_loss(tge.log_softmax(tge.zeros(1, 10)), [3]).item(), 4)
    2.3026
    """
    check_reduction(reduction)
    targets = class_numbers(log_probs, targets, ignore_index)
    often = counts(log_probs, targets, weight, ignore_index)
    if often is None:
        each = -_picked(log_probs, targets)
        average = active.kernels.mean
    else:
        each = -_picked(log_probs, np.where(targets == ignore_index, 0, targets))
        each = np.where(often != 0, each * often, 0).astype(often.dtype, copy=False)
        average = lambda each: active.kernels.sum(each) / active.kernels.sum(often)  # noqa: E731
    y = each if reduction == "none" else average(each) if reduction == "mean" else active.kernels.sum(each)
    return y if often is None else y.astype(log_probs.dtype)


@nll_loss.backward("log_probs")
def nll_loss_dlog_probs(g, y, log_probs, targets, *, weight, ignore_index, reduction):
    """dL/dlog_probs = -g at each row's target, and / n for "mean"; 0 elsewhere: only the targets are in the loss

    y = -(sum over n of log_probs[n,targets[n]]) / n, so dy/dlog_probs[n,k] = -[k = targets[n]] / n; where row n counts
    weight[targets[n]] times, so does its slope, and n is the sum of these. Behind log_softmax, whose rule is g - p *
    (sum of g), p = softmax(logits), that becomes dL/dlogits = (p - onehot) / n: by how much p misses the answer.
    """
    axis, targets = class_axis(log_probs.shape), np.asarray(targets)
    numbers = np.arange(log_probs.shape[axis])
    if len(log_probs.shape) > 2:
        numbers = numbers.reshape(-1, *(1,) * (len(log_probs.shape) - 2))
    is_target = (targets[:, None] if axis else targets[None]) == numbers
    often = counts(log_probs, targets, weight, ignore_index)
    if reduction == "none":
        g = expand_dims(g, axis)
    elif reduction == "mean":
        g = share(g, targets.size if often is None else active.kernels.sum(often))
    if often is not None:
        often = np.expand_dims(often, axis).astype(g.dtype)
        g, is_target = gate(g, often != 0) * often, is_target & (often != 0)
    return gate(-g, is_target)


nll_loss.zero_gradient("targets")


@composite
def cross_entropy(logits, targets, weight=None, ignore_index=IGNORED, reduction="mean", label_smoothing=0.0):
    """Return nll_loss(log_softmax(logits), targets): the cross-entropy of the softmax of the logits with the targets.

    Its gradient by the logits is (softmax(logits) - onehot(targets)) / n: nll_loss sends -onehot/n back, and
    log_softmax makes of that -onehot/n + softmax(logits)/n.

    Args:
        logits: scores (n, classes), or (n, classes, h, w), or with any other axes behind, or (classes,).
        targets: the right classes, integers of the logits' shape without the axis of classes: (n,), (n, h, w), ().
            Or probabilities of the classes, floats of the logits' own shape: y[n] = -sum over classes k of
            targets[n,k] * log_softmax(logits)[n,k], and "mean" divides by n.
        weight: how much each class counts (classes,), see `nll_loss`.
        ignore_index: targets of this number count for nothing.
        reduction: "mean", "sum" or "none".
        label_smoothing: this share of every target, from 0 to 1, is spread evenly over all classes. Szegedy et al.,
            "Rethinking the Inception architecture for computer vision" (2016).

    Returns: one number; for reduction="none" one for each target, of the shape (n,), (n, h, w) or ().

    Raises:
        ValueError, TypeError: targets or a weight that do not fit the logits, or a setting out of range.

    >>> import tinygrad_edu as tge
    >>> logits = tge.tensor([[2.0, 0.0]], requires_grad=True)
    >>> tge.cross_entropy(logits, [0]).backward()
    >>> logits.grad.data.round(3)             # softmax(logits) - onehot(targets)
    array([[-0.119,  0.119]], dtype=float32)
    """
    shape = shape_of(logits)
    log_probs = log_softmax(logits) if len(shape) <= 2 else log_softmax(logits, class_axis(shape))
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing is a number from 0 to 1, not {label_smoothing!r}")
    if are_probabilities(targets, log_probs):
        if ignore_index != IGNORED:
            raise ValueError("cross_entropy: ignore_index names a class, but these targets are probabilities")
        return _with_probabilities(log_probs, targets, weight, reduction, label_smoothing)
    if weight is None and ignore_index == IGNORED and reduction == "mean" and not label_smoothing:
        return nll_loss(log_probs, targets)
    right = nll_loss(log_probs, targets, weight, ignore_index, reduction)
    if not label_smoothing:
        return right
    every = _every_class(log_probs, np.asarray(targets), weight, ignore_index, reduction)
    return (1 - label_smoothing) * right + label_smoothing * every


def _with_probabilities(log_probs, targets, weight, reduction, label_smoothing):
    """Return -sum over classes of targets * log_probs, each class as often as its weight says."""
    axis = class_axis(log_probs.shape)
    if label_smoothing:
        targets = targets * (1 - label_smoothing) + label_smoothing / log_probs.shape[axis]
    terms = -log_probs * targets
    return reduced(sum(terms if weight is None else terms * weight_of_classes(log_probs, weight), axis), reduction)


def _every_class(log_probs, targets, weight, ignore_index, reduction):
    """Return the mean of what each class would give if it were the target, but for the targets that are ignored."""
    axis = class_axis(log_probs.shape)
    terms = -log_probs if weight is None else -log_probs * weight_of_classes(log_probs, weight)
    each = gate(mean(terms, axis), np.asarray(targets != ignore_index))
    if reduction == "mean":
        often = counts(log_probs, targets, weight, ignore_index)
        return share(sum(each), targets.size if often is None else active.kernels.sum(often))
    return reduced(each, reduction)


def reduced(each, reduction):
    """Return the mean, or the sum, of all terms of a loss, or each on its own."""
    check_reduction(reduction)
    return mean(each) if reduction == "mean" else sum(each) if reduction == "sum" else each


def _picked(log_probs, targets):
    """Return the element of each row that is its target's."""
    if log_probs.ndim == 2:
        return log_probs[np.arange(len(targets)), targets]
    axis = class_axis(log_probs.shape)
    return np.squeeze(np.take_along_axis(log_probs, np.expand_dims(targets, axis), axis), axis)
