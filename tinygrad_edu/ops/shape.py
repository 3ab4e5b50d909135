"""Operations that move elements without computing with them, and the pair broadcast_to / sum_to.

Each is linear, and its rule is its transpose: what put an element somewhere, backwards, brings its gradient home.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .composite import composite
from .parameters import as_shape, check_axis


@primitive
def broadcast_to(x, *, shape):
    """y = x repeated along new axes and along axes of length 1, up to `shape`"""
    return np.broadcast_to(x, shape)


@broadcast_to.backward("x")
def broadcast_to_dx(g, y, x, *, shape):
    """dL/dx = g summed over the repetitions

    Each y that repeats x_i has dy/dx_i = 1, so dL/dx_i is the sum of their g. broadcast_to and sum_to are adjoint:
    <g, broadcast_to(x)> = <sum_to(g), x>.
    """
    return sum_to(g, x.shape)


@primitive(name="sum_to")
def _sum_to(x, *, shape):
    """y = x summed over the axes along which `shape` would be broadcast to x's shape"""
    shape = shape if type(shape) is tuple else as_shape(shape)
    extra = x.ndim - len(shape)
    if extra < 0 or any(s not in (1, n) for s, n in zip(shape, x.shape[extra:], strict=True)):
        raise ValueError(f"sum_to: shape {tuple(shape)} does not broadcast to {x.shape}")
    repeated = tuple(a for a, s in enumerate(shape, extra) if s == 1 and x.shape[a] != 1)
    return active.kernels.sum(x, (*range(extra), *repeated)).reshape(shape)


@_sum_to.backward("x")
def sum_to_dx(g, y, x, *, shape):
    """dL/dx = g broadcast to x's shape

    y_j is a sum of x_i of slope 1 each, so every x_i receives the g of the one y_j it went into.
    """
    return broadcast_to(g, x.shape)


@composite
def sum_to(x, shape):
    """Sum x down to `shape`, over the axes along which `shape` would be broadcast to x's shape.

    Where the shapes agree already it is x itself, so that a rule that ends in sum_to costs nothing then.

    >>> import tinygrad_edu as tge
    >>> tge.sum_to(tge.ones(2, 3), (1, 3)).data
    array([[2., 2., 2.]], dtype=float32)
    """
    shape = shape if type(shape) is tuple else as_shape(shape)
    return x if getattr(x, "shape", None) == shape else _sum_to(x, shape=shape)


@primitive
def clone(x):
    """y = x, a result of its own"""
    return np.array(x)


@clone.backward("x")
def clone_dx(g, y, x):
    """dL/dx = g

    y_i = x_i, so dy_i/dx_i = 1.
    """
    return g


@primitive
def reshape(x, *, shape):
    """y = the elements of x, in their order, in another shape; one length may be -1 and is worked out"""
    return np.asarray(x).reshape(shape)


@reshape.backward("x")
def reshape_dx(g, y, x, *, shape):
    """dL/dx = g in x's shape

    Every y is one element of x, in the same order, of slope 1: g goes back in that order.
    """
    return g.reshape(x.shape)


@composite
def flatten(x, start_axis=0, end_axis=-1):
    """Merge the axes from `start_axis` to `end_axis` into one: (n, c, h, w) becomes (n, c*h*w) with start_axis=1.

    Raises:
        ValueError: an axis that x has not, or an end before the start.

    >>> import tinygrad_edu as tge
    >>> tge.flatten(tge.zeros(2, 3, 4), start_axis=1).shape
    (2, 12)
    >>> tge.flatten(tge.zeros(2, 3, 4), end_axis=1).shape
    (6, 4)
    """
    shape = x.shape if hasattr(x, "shape") else np.shape(x)
    ndim = len(shape) or 1  # a number becomes a vector of one
    first, last = operator.index(start_axis), operator.index(end_axis)
    if not (-ndim <= first < ndim and -ndim <= last < ndim):
        wrong = f"end_axis={last}" if -ndim <= first < ndim else f"start_axis={first}"
        raise ValueError(f"flatten: {wrong}, but x of shape {shape} has the axes 0 to {ndim - 1}")
    first, last = first % ndim, last % ndim
    if first > last:
        raise ValueError(f"flatten: end_axis={end_axis} comes before start_axis={start_axis} in x of shape {shape}")
    return reshape(x, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


@primitive
def transpose(x, *, axes=None):
    """y = x with its axes in the order `axes`, or reversed if that is None"""
    if axes is not None and sorted(np.mod(np.atleast_1d(axes), max(x.ndim, 1)).tolist()) != list(range(x.ndim)):
        raise ValueError(
            f"transpose: axes={axes} does not name each axis of x, of shape {x.shape}, once; "
            "swapaxes exchanges two axes and leaves the others"
        )
    return np.transpose(x, axes)


@transpose.backward("x")
def transpose_dx(g, y, x, *, axes):
    """dL/dx = g with its axes put back

    y[i_axes[0], i_axes[1], ...] = x[i_0, i_1, ...]: axis k of y is axis axes[k] of x, and argsort(axes) is the order
    that undoes it.
    """
    return transpose(g, None if axes is None else tuple(np.argsort(np.mod(np.atleast_1d(axes), g.ndim)).tolist()))


@primitive
def swapaxes(x, *, axis1, axis2):
    """y = x with two axes exchanged"""
    return np.swapaxes(x, axis1, axis2)


@swapaxes.backward("x")
def swapaxes_dx(g, y, x, *, axis1, axis2):
    """dL/dx = g with the same two axes exchanged back

    Exchanging two axes twice is no change: swapaxes is its own inverse, and its own adjoint.
    """
    return g.swapaxes(axis1, axis2)


@primitive
def expand_dims(x, *, axis):
    """y = x with new axes of length 1 at `axis` (an integer or several)"""
    return np.expand_dims(x, axis)


@primitive
def squeeze(x, *, axis=None):
    """y = x without its axes of length 1, or without those in `axis`"""
    check_axis("squeeze", axis)
    return np.squeeze(x, axis)


@expand_dims.backward("x")
@squeeze.backward("x")
def same_elements_dx(g, y, x, *, axis):
    """dL/dx = g in x's shape

    y has the elements of x in the same order; axes of length 1 come or go, and g's go or come.
    """
    return g.reshape(x.shape)
