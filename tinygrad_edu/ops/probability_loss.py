"""Losses of probabilities: of yes or no, and of one distribution against another."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.arrays import plain
from ..autograd.primitive import primitive
from ..autograd.tensor import Tensor
from .activation import softplus
from .choice import maximum, where
from .composite import composite
from .elementwise import exp, log
from .loss import reduced
from .parameters import shape_of
from .reduction import in_float32, share, sum
from .targets import REDUCTIONS, check_reduction

LEAST = -100.0  # a logarithm that is smaller counts as this, so that one certain error does not make the loss infinite


@primitive(name="binary_cross_entropy")
def _binary_cross_entropy(probs, targets):
    """y = -(targets * log(probs) + (1 - targets) * log(1 - probs)), with no logarithm below -100"""
    dtype, p = in_float32(probs)
    with np.errstate(divide="ignore"):
        y = -(targets * np.maximum(np.log(p), LEAST) + (1 - targets) * np.maximum(np.log1p(-p), LEAST))
    return y.astype(np.result_type(dtype, targets), copy=False) if dtype.itemsize == 2 else y


@_binary_cross_entropy.backward("probs")
def binary_cross_entropy_dprobs(g, y, probs, targets):
    """dL/dprobs = g * (probs - targets) / (probs * (1 - probs)), and never more than g * 10^12

    dy/dp = -t/p + (1 - t)/(1 - p), and over one denominator that is ((1 - t) * p - t * (1 - p)) / (p * (1 - p)) =
    (p - t) / (p * (1 - p)). At p = 0 and p = 1, where it is infinite, the denominator is held at 10^-12.
    """
    least = max(1e-12, float(np.finfo(probs.dtype).tiny))
    return g * ((probs - targets) / maximum(probs * (1 - probs), least))


@_binary_cross_entropy.backward("targets")
def binary_cross_entropy_dtargets(g, y, probs, targets):
    """dL/dtargets = g * (log(1 - probs) - log(probs))

    y is linear in the target t: -(t * log p + (1 - t) * log(1 - p)), of slope log(1 - p) - log p.
    """
    return g * (_log(1 - probs) - _log(probs))


def _log(p):
    """Return log(p), but at least -100, without asking for log(0)."""
    return where(p > 0, maximum(log(where(p > 0, p, 1.0)), LEAST), LEAST)


@composite
def binary_cross_entropy(probs, targets, weight=None, reduction="mean"):
    """Return the mean of -(targets * log(probs) + (1 - targets) * log(1 - probs)): how unlikely the answers were.

    Of scores, `binary_cross_entropy_with_logits` is more accurate. No logarithm counts as less than -100.

    Args:
        probs: the probability that the answer is yes, numbers from 0 to 1 of any shape.
        targets: 1 for yes and 0 for no, or a probability, in the shape of probs.
        weight: what each term is multiplied by, of a shape that broadcasts to theirs.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: shapes that differ, or what is no probability.

    >>> import tinygrad_edu as tge
    >>> tge.binary_cross_entropy(tge.tensor([0.5, 1.0]), tge.tensor([1.0, 1.0]), reduction="none").data.round(4)
    array([ 0.6931, -0.    ], dtype=float32)
    """
    probs, targets = _of_one_shape("binary_cross_entropy", "probs", probs, targets)
    values = probs.data if isinstance(probs, Tensor) else probs
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        wrong = values[~((values >= 0) & (values <= 1))][0]
        raise ValueError(
            f"binary_cross_entropy: probs are numbers from 0 to 1, not {wrong}; "
            "of scores take the sigmoid, or use binary_cross_entropy_with_logits"
        )
    return reduced(_times("weight", _binary_cross_entropy(probs, targets), weight), reduction)


@composite
def binary_cross_entropy_with_logits(logits, targets, weight=None, reduction="mean", pos_weight=None):
    """Return binary_cross_entropy(sigmoid(logits), targets), also where the sigmoid rounds to 0 or to 1.

    -log(sigmoid(x)) is softplus(-x), and -log(1 - sigmoid(x)) is softplus(x). The gradient by the logits is
    sigmoid(logits) - targets, divided by their number for "mean".

    Args:
        logits: scores of any shape, positive for yes.
        targets: 1 for yes and 0 for no, or a probability, in the shape of logits.
        weight: what each term is multiplied by, of a shape that broadcasts to theirs.
        reduction: "mean", "sum" or "none".
        pos_weight: how many times a yes counts, of a shape that broadcasts to theirs: one number for each of the
            last axis's classes, say no / yes where one of them is rare.

    Raises:
        ValueError: shapes that differ.

    >>> import tinygrad_edu as tge
    >>> logits, yes = tge.tensor([0.0, -500.0]), tge.tensor([1.0, 1.0])
    >>> tge.binary_cross_entropy_with_logits(logits, yes, reduction="none").data.round(4)
    array([  0.6931, 500.    ], dtype=float32)
    """
    logits, targets = _of_one_shape("binary_cross_entropy_with_logits", "logits", logits, targets)
    yes = _times("pos_weight", targets * softplus(-logits, threshold=math.inf), pos_weight)
    no = (1 - targets) * softplus(logits, threshold=math.inf)
    return reduced(_times("weight", yes + no, weight), reduction)


@composite
def kl_div(log_probs, targets, reduction="mean", log_target=False):
    """Return the mean of targets * (log(targets) - log_probs): the Kullback-Leibler divergence of two distributions.

    Summed over the classes it says how much worse a code made for e^log_probs is than one made for targets; 0 if they
    are the same. Where a target is 0 its term is 0. Kullback and Leibler, "On information and sufficiency" (1951).

    Args:
        log_probs: logarithms of probabilities, any shape, as `log_softmax` gives them.
        targets: probabilities of the same shape, or their logarithms if log_target is true.
        reduction: "batchmean" is the sum / the length of the first axis, the divergence of an example on average;
            "mean" divides by the number of *elements*; "sum"; "none".
        log_target: whether targets are logarithms.

    Raises:
        ValueError: shapes that differ.

    >>> import tinygrad_edu as tge
    >>> even = tge.log_softmax(tge.zeros(1, 2))
    >>> round(tge.kl_div(even, tge.tensor([[1.0, 0.0]]), reduction="batchmean").item(), 4)
    0.6931
    """
    log_probs, targets = _of_one_shape("kl_div", "log_probs", log_probs, targets)
    check_reduction(reduction, (*REDUCTIONS, "batchmean"))
    if log_target:
        each = exp(targets) * (targets - log_probs)
    else:
        each = targets * (log(where(targets == 0, 1.0, targets)) - log_probs)
    return share(sum(each), shape_of(each)[0]) if reduction == "batchmean" else reduced(each, reduction)


def _of_one_shape(loss, name, scores, targets):
    """Return scores and targets, lists among them as arrays, or raise if their shapes differ."""
    scores, targets = (x if isinstance(x, Tensor) else plain(x) for x in (scores, targets))
    if scores.shape != targets.shape:
        raise ValueError(f"{loss}: {name} of shape {scores.shape} need targets of the same shape, not {targets.shape}")
    return scores, targets


def _times(name, each, weight):
    """Return the terms times their weights, or raise if there are more weights than terms."""
    if weight is None:
        return each
    weighted = each * weight
    if weighted.shape != each.shape:
        raise ValueError(f"{name} of shape {shape_of(weight)} does not broadcast to the terms' shape {each.shape}")
    return weighted
