"""The targets of a classification and the weight of its classes, checked at the call; how often each target counts."""

from __future__ import annotations

import numpy as np

from .parameters import shape_of

REDUCTIONS = ("mean", "sum", "none")
IGNORED = -100  # the target that counts for nothing, unless another is named


def class_axis(shape):
    """Return which axis of scores of this shape is the classes': the second, or the only one."""
    return 1 if len(shape) > 1 else 0


def check_reduction(reduction, known=REDUCTIONS):
    """Raise unless the name of a reduction is known."""
    if reduction not in known:
        raise ValueError(f"reduction must be one of {', '.join(known)}, not {reduction!r}")


def are_probabilities(targets, scores):
    """Tell whether the targets are floats for all classes, instead of class numbers."""
    targets = targets if hasattr(targets, "dtype") else np.asarray(targets)
    return targets.dtype.kind == "f" and targets.shape == scores.shape


def class_numbers(scores, targets, ignore_index):
    """Return the targets as an integer array, or raise saying what does not fit."""
    targets = np.asarray(targets)
    if scores.ndim < 2 and (targets.ndim or not scores.ndim):
        swapped = "; the scores come first, then the targets" if targets.ndim == 2 else ""
        raise ValueError(f"the loss needs scores of shape (n, classes), not {scores.shape}{swapped}")
    axis = class_axis(scores.shape)
    classes, fitting = scores.shape[axis], scores.shape[:axis] + scores.shape[axis + 1 :]
    if targets.shape != fitting:
        one_hot = f"; of one-hot rows take the class numbers, targets.argmax(axis={axis})"
        raise ValueError(
            f"scores of shape {scores.shape} need targets of shape {fitting}, not {targets.shape}"
            + (one_hot if targets.shape == scores.shape else "")
        )
    if targets.dtype.kind not in "iu":
        raise TypeError(f"targets are class numbers, integers, not {targets.dtype}")
    if targets.size and not (np.minimum.reduce(targets, None) >= 0 and np.maximum.reduce(targets, None) < classes):
        wrong = targets[((targets < 0) | (targets >= classes)) & (targets != ignore_index)]
        if wrong.size:
            raise ValueError(f"target {wrong[0]} is out of range: {classes} classes are numbered 0 to {classes - 1}")
    return targets


def counts(scores, targets, weight, ignore_index):
    """Return how often each target counts: its class's weight, 0 if it is ignored; None where each counts once."""
    ignored = targets == ignore_index
    if weight is None and not np.count_nonzero(ignored):
        return None
    dtype = np.float32 if scores.dtype.itemsize == 2 else scores.dtype  # a float16 counts to 2048
    if weight is None:
        return np.asarray(1 - ignored, dtype)
    weight = _checked_weight(scores, weight)
    return np.asarray(np.where(ignored, 0, weight[np.where(ignored, 0, targets)]), dtype)


def weight_of_classes(scores, weight):
    """Return the weight of each class as an array that broadcasts against the scores."""
    behind = len(scores.shape) - class_axis(scores.shape) - 1
    return _checked_weight(scores, weight).astype(scores.dtype).reshape(-1, *(1,) * behind)


def _checked_weight(scores, weight):
    classes = scores.shape[class_axis(scores.shape)]
    if isinstance(weight, str) or shape_of(weight) != (classes,):
        seen = f"{weight!r}; reduction= is given by name" if isinstance(weight, str) else f"shape {shape_of(weight)}"
        raise ValueError(f"weight is one number for each of the {classes} classes, of shape ({classes},), not {seen}")
    return np.asarray(weight)
