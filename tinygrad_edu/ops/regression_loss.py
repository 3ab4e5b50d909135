"""The losses of regression: how far predicted numbers are from those they should be."""

from __future__ import annotations

from .arithmetic import divide, subtract
from .choice import where
from .composite import composite
from .elementwise import abs, square
from .loss import reduced
from .parameters import shape_of
from .reduction import sum
from .targets import check_reduction


@composite
def mse_loss(predictions, targets, weight=None, reduction="mean"):
    """Return the mean squared error, the mean of (predictions - targets)^2.

    Args:
        predictions, targets: arrays or Tensors of one shape, any.
        weight: how much each element counts, of their shape: the mean is sum(weight * error) / sum(weight).
        reduction: "mean" over all elements, "sum", or "none": each on its own, in their shape.

    Raises:
        ValueError: shapes that differ; (n, 1) and (n,) would broadcast to all pairs.

    >>> import tinygrad_edu as tge
    >>> tge.mse_loss(tge.tensor([1.0, 4.0]), tge.tensor([1.0, 2.0])).item()
    2.0
    """
    return _weighted("mse_loss", square(_errors("mse_loss", predictions, targets)), weight, reduction)


@composite
def l1_loss(predictions, targets, weight=None, reduction="mean"):
    """Return the mean absolute error, the mean of |predictions - targets|; the arguments are those of `mse_loss`.

    An error twice as large counts twice, where in `mse_loss` it counts four times. At an error of 0 the gradient is 0.

    >>> import tinygrad_edu as tge
    >>> tge.l1_loss(tge.tensor([1.0, 4.0]), tge.tensor([1.0, 2.0])).item()
    1.0
    """
    return _weighted("l1_loss", abs(_errors("l1_loss", predictions, targets)), weight, reduction)


@composite
def huber_loss(predictions, targets, reduction="mean", delta=1.0, weight=None):
    """Return the mean of e^2 / 2 where an error e is small, and of delta * (|e| - delta / 2) where |e| > delta.

    Outliers pull with a force of delta, however far they are: at |e| = delta the parabola goes over into its tangent.
    Huber, "Robust estimation of a location parameter" (1964).

    Args:
        predictions, targets: arrays or Tensors of one shape, any.
        reduction: "mean" over all elements, "sum", or "none".
        delta: from which error on, a number above 0.
        weight: what each element is multiplied by, of their shape; the mean still divides by their number.

    Raises:
        ValueError: shapes that differ, or a delta that is not above 0.

    >>> import tinygrad_edu as tge
    >>> tge.huber_loss(tge.tensor([0.5, 10.0]), tge.zeros(2), reduction="none").data
    array([0.125, 9.5  ], dtype=float32)
    """
    if not delta > 0:
        raise ValueError(f"huber_loss: delta is a number above 0, not {delta!r}")
    each = _huber(_errors("huber_loss", predictions, targets), delta)
    return reduced(each if weight is None else each * _fitting("huber_loss", weight, each), reduction)


@composite
def smooth_l1_loss(predictions, targets, reduction="mean", beta=1.0):
    """Return huber_loss(predictions, targets, delta=beta) / beta: |e| - beta / 2, but e^2 / (2 beta) near 0.

    With beta=0 it is `l1_loss`. Girshick, "Fast R-CNN" (2015).

    >>> import tinygrad_edu as tge
    >>> tge.smooth_l1_loss(tge.tensor([0.25, 10.0]), tge.zeros(2), reduction="none", beta=0.5).data
    array([0.0625, 9.75  ], dtype=float32)
    """
    if not beta >= 0:
        raise ValueError(f"smooth_l1_loss: beta is a number from 0 up, not {beta!r}")
    errors = _errors("smooth_l1_loss", predictions, targets)
    return reduced(divide(_huber(errors, beta), beta) if beta else abs(errors), reduction)


def _huber(errors, delta):
    size = abs(errors)
    return where(size <= delta, square(errors) / 2, delta * (size - delta / 2))


def _errors(loss, predictions, targets):
    return subtract(predictions, _fitting(loss, targets, predictions, "targets"))


def _fitting(loss, values, predictions, name="weight"):
    """Return what should have the predictions' shape, or raise: what is broadcast here was hardly meant so."""
    if shape_of(values) != shape_of(predictions):
        raise ValueError(
            f"{loss}: predictions of shape {shape_of(predictions)} need {name} of the same shape, not "
            f"{shape_of(values)}; if they are the same numbers in order write {name}.reshape(predictions.shape)"
        )
    return values


def _weighted(loss, each, weight, reduction):
    if weight is None:
        return reduced(each, reduction)
    check_reduction(reduction)
    each = each * _fitting(loss, weight, each)
    return sum(each) / sum(weight) if reduction == "mean" else reduced(each, reduction)
