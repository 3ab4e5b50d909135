"""Sums and products along an axis, with every step kept, and the product of all.

A product's slope by one factor is the product of the others. y / x_i would be that, but for x_i = 0. Here nothing is
divided: the others are those before i and those after it, two products that `cumprod` has already. What cumprod's own
rule needs is a *recurrence*, y_i = a_i * y_(i-1) + b_i, whose rules are recurrences too; so all have derivatives of
every order, for any number of zeros.
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .composite import composite
from .joining import concatenate
from .parameters import check_axis, own_axis, shape_of
from .reduction import in_float32
from .shape import expand_dims, reshape
from .shifting import flip


@primitive
def cumsum(x, *, axis):
    """y_i = x_0 + x_1 + ... + x_i, along `axis`

    >>> import tinygrad_edu as tge
    >>> tge.cumsum(tge.tensor([1.0, 2.0, 3.0]), 0).data
    array([1., 3., 6.], dtype=float32)
    """
    return active.kernels.cumsum(x, own_axis("cumsum", shape_of(x), axis))


@cumsum.backward("x")
def cumsum_dx(g, y, x, *, axis):
    """dL/dx_i = g_i + g_(i+1) + ... + g_n: the cumulative sum from the other end

    y_k has x_i in it, of slope 1, for every k >= i. So x_i receives the sum of the g_k from i on.
    """
    return flip(cumsum(flip(g, axis), axis), axis)


@primitive
def recurrence(a, b, *, axis):
    """y_i = a_i * y_(i-1) + b_i, along `axis`, where what is before the first is 0

    Shapes: a and b the same, any; y too.

    >>> import tinygrad_edu as tge
    >>> tge.recurrence(tge.tensor([9.0, 0.5, 0.5]), tge.tensor([8.0, 0.0, 1.0]), 0).data
    array([8., 4., 3.], dtype=float32)
    """
    if shape_of(a) != shape_of(b):
        raise ValueError(f"recurrence: a and b need the same shape, not {shape_of(a)} and {shape_of(b)}")
    return active.kernels.recurrence(a, b, own_axis("recurrence", shape_of(a), axis))


@recurrence.backward("b")
def recurrence_db(g, y, a, b, *, axis):
    """dL/db_i = u_i, where u_i = g_i + a_(i+1) * u_(i+1): the recurrence from the other end

    b_i goes into y_i with slope 1, and with it into y_(i+1) with slope a_(i+1), and so on. u_i is what comes of a
    change of y_i: its own g_i, and a_(i+1) times what comes of a change of y_(i+1).
    """
    return _backwards(a, g, axis)


@recurrence.backward("a")
def recurrence_da(g, y, a, b, *, axis):
    """dL/da_i = u_i * y_(i-1), with the u of b's rule

    a_i goes into y_i only, with slope y_(i-1), and u_i is what comes of a change of y_i.
    """
    return _backwards(a, g, axis) * _before(y, axis, 0.0)


@primitive
def cumprod(x, *, axis):
    """y_i = x_0 * x_1 * ... * x_i, along `axis`

    >>> import tinygrad_edu as tge
    >>> tge.cumprod(tge.tensor([1.0, 2.0, 3.0]), 0).data
    array([1., 2., 6.], dtype=float32)
    """
    return active.kernels.cumprod(x, own_axis("cumprod", shape_of(x), axis))


@cumprod.backward("x")
def cumprod_dx(g, y, x, *, axis):
    """dL/dx_i = y_(i-1) * u_i, where u_i = g_i + x_(i+1) * u_(i+1)

    y_i = x_i * y_(i-1) is the recurrence with a = x that begins with 1: x_i goes into y_i with slope y_(i-1), and u_i
    is what comes of a change of y_i, as in `recurrence`.
    """
    return _before(y, axis, 1.0) * _backwards(x, g, axis)


@primitive(name="prod")
def _prod(x, *, axis):
    """y = the product of x over one axis"""
    dtype, x = in_float32(x) if getattr(x, "dtype", np.dtype(float)).kind == "f" else (None, np.asarray(x))
    axis = own_axis("prod", shape_of(x), axis)
    if dtype is None or x.itemsize == 8:
        return np.multiply.reduce(x, axis)
    with np.errstate(over="ignore"):
        return np.multiply.reduce(x, axis, np.float64).astype(dtype)


@_prod.backward("x")
def prod_dx(g, y, x, *, axis):
    """dL/dx_i = g * (the product of all x before i) * (the product of all x after i)

    y = before_i * x_i * after_i is linear in x_i, of slope before_i * after_i. (y / x_i is the same, but for x_i = 0.)
    """
    before = _before(cumprod(x, axis), axis, 1.0)
    after = flip(_before(cumprod(flip(x, axis), axis), axis, 1.0), axis)
    return expand_dims(g, axis) * (before * after)


@composite
def prod(x, axis=None, keepdims=False):
    """Return the product of x over `axis`: one, several, or all if None; of nothing it is 1.

    The gradient is right where factors are 0, and so is every later one.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([2.0, 0.0, 4.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad.data
    array([0., 8., 0.], dtype=float32)
    """
    check_axis("prod", axis)
    shape = shape_of(x)
    several = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = sorted({own_axis("prod", shape, a) for a in several}, reverse=True)
    for a in axes:
        x = _prod(x, axis=a)
    return reshape(x, tuple(1 if a in axes else n for a, n in enumerate(shape))) if keepdims else x


def _before(y, axis, first):
    """Return y one place later along `axis`: at i stands what was before it, and `first` where there is nothing."""
    axis = int(axis) % len(y.shape)
    n = y.shape[axis]
    start = np.full((*y.shape[:axis], min(n, 1), *y.shape[axis + 1 :]), first, y.dtype)
    return concatenate([start, y[(slice(None),) * axis + (slice(0, max(n - 1, 0)),)]], axis)


def _backwards(a, g, axis):
    """Return u, u_i = g_i + a_(i+1) * u_(i+1): the recurrence of a and g from the other end."""
    return flip(recurrence(_before(flip(a, axis), axis, 0.0), flip(g, axis), axis), axis)
