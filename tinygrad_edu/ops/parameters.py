"""Parameters checked at the call, so that whatever the forward pass takes the rules can take too."""

from __future__ import annotations

import operator

import numpy as np


def check_axis(op, axis):
    """Raise unless `axis` is None, an integer, or a tuple of integers; NumPy says whether x has such an axis."""
    if axis is None or type(axis) is int:
        return
    try:
        for a in axis if isinstance(axis, tuple) else (axis,):
            operator.index(a if not isinstance(a, bool) else None)  # type: ignore[arg-type]
    except TypeError:
        listed = isinstance(axis, (list, np.ndarray)) and np.ndim(axis) == 1
        example = f"; write axis={tuple(np.asarray(axis).tolist())}" if listed else ""
        raise TypeError(f"{op}: axis is an integer or a tuple of them, not {axis!r}{example}") from None


def check_one_axis(op, axis):
    """Raise unless `axis` is one integer."""
    try:
        operator.index(axis)
    except TypeError:
        seen = f"an array of shape {axis.shape}" if hasattr(axis, "shape") else repr(axis)
        raise TypeError(
            f"{op}: axis is an integer, not {seen}; all arrays go into one list: {op}([a, b], axis=0)"
        ) from None


def shape_of(x):
    """Return the shape of an array, a Tensor, a list or a number; np.shape of a Tensor takes a detour."""
    return x.shape if hasattr(x, "shape") else np.shape(x)


def own_axis(op, shape, axis):
    """Return one axis of an array of this shape, counted from the start, or raise."""
    if isinstance(axis, bool) or not hasattr(axis, "__index__"):
        raise TypeError(f"{op}: axis is one integer, not {axis!r}")
    axis = operator.index(axis)
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"{op}: axis={axis}, but x of shape {shape} has {len(shape)} axes")
    return axis % len(shape)


def as_shape(shape):
    """Return a shape given as an integer, a list or an array as a tuple of integers."""
    return tuple(map(operator.index, shape)) if np.iterable(shape) else (operator.index(shape),)
