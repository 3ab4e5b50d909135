"""sum, mean, max, min and logsumexp over one axis, several, or all.

A reduction forgets its axes; `_restore` puts them back with length 1, so that `g` and `y` broadcast against x again.
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .choice import gate
from .elementwise import astype, exp
from .parameters import check_axis
from .shape import broadcast_to, reshape


def _restore(g, shape, axis, keepdims):
    """Give the result of reducing an array of this shape its reduced axes back, with length 1."""
    if keepdims:
        return g
    ndim = len(shape)
    axes = range(ndim) if axis is None else [a % ndim for a in np.atleast_1d(axis)]
    return reshape(g, tuple(1 if a in axes else n for a, n in enumerate(shape)))


def total(x, axis, keepdims=False):
    """Return sum(x, axis, keepdims), without the cost of a call that might be recorded where x is an array."""
    return active.kernels.sum(x, axis, keepdims) if type(x) is np.ndarray else sum(x, axis, keepdims)


def share(g, count):
    """Return g / count; a float16, which holds no count above 65,504, is divided as a float32."""
    if g.dtype.itemsize != 2:
        return g / count
    return astype(astype(g, np.float32) / count, np.float16)


_WIDE = frozenset({np.dtype(np.float32), np.dtype(np.float64)})


def in_float32(x):
    """Return the dtype that a function of x has, and x as it is computed with: float16 and integers as float32."""
    if type(x) is np.ndarray and x.dtype in _WIDE:
        return x.dtype, x
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype(np.float32)
    return x.dtype, x if x.itemsize != 2 else x.astype(np.float32)


@primitive
def sum(x, *, axis=None, keepdims=False):
    """y = the sum of x over `axis` (all axes if None)

    >>> import tinygrad_edu as tge
    >>> tge.sum(tge.ones(2, 3), axis=0).data
    array([2., 2., 2.], dtype=float32)
    """
    check_axis("sum", axis)
    return active.kernels.sum(np.asarray(x), axis, bool(keepdims))


@sum.backward("x")
def sum_dx(g, y, x, *, axis, keepdims):
    """dL/dx = g, repeated: every element counts once

    y = x_1 + x_2 + ..., so dy/dx_i = 1 for each: they all receive the g of the sum they are in.
    """
    return broadcast_to(_restore(g, x.shape, axis, keepdims), x.shape)


@primitive
def mean(x, *, axis=None, keepdims=False):
    """y = the sum of x over `axis` / the number of elements summed"""
    check_axis("mean", axis)
    return active.kernels.mean(np.asarray(x), axis, bool(keepdims))


@mean.backward("x")
def mean_dx(g, y, x, *, axis, keepdims):
    """dL/dx = g / count, repeated

    y = (x_1 + ... + x_count) / count, so dy/dx_i = 1 / count.
    """
    count = x.size // y.size if x.size else 1
    return broadcast_to(_restore(share(g, count), x.shape, axis, keepdims), x.shape)


@primitive
def max(x, *, axis=None, keepdims=False):
    """y = the largest element of x over `axis`"""
    check_axis("max", axis)
    return np.max(x, axis, keepdims=bool(keepdims))


@primitive
def min(x, *, axis=None, keepdims=False):
    """y = the smallest element of x over `axis`"""
    check_axis("min", axis)
    return np.min(x, axis, keepdims=bool(keepdims))


@max.backward("x")
@min.backward("x")
def extreme_dx(g, y, x, *, axis, keepdims):
    """dL/dx = g * [x = y] / (how many are equal): ties share the gradient

    Where one element is the largest y is that element: slope 1 for it and 0 for the rest. Where k are equal, raising
    any of them alone would raise y and lowering it would not; 1/k each is the average of choosing one of them.
    """
    chosen = (x == _restore(y, x.shape, axis, keepdims)) + (x != x)  # a nan is larger, and smaller, than all else
    ties = total(astype(chosen, np.float32 if g.dtype == np.float16 else g.dtype), axis, keepdims=True)
    return gate(share(_restore(g, x.shape, axis, keepdims), ties), chosen)


@primitive
def logsumexp(x, *, axis=None, keepdims=False):
    """y = log(sum of e^x over `axis`)

    The largest element m is taken out, log(sum e^(x - m)) + m, so that nothing overflows.
    """
    check_axis("logsumexp", axis)
    dtype, x = in_float32(x)
    m = np.max(x, axis, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, 0)
    with np.errstate(divide="ignore"):  # log 0 = -inf is right where every x is -inf
        y = np.log(active.kernels.sum(np.exp(x - m), axis, keepdims=True)) + m
    return (y if keepdims else np.squeeze(y, axis)).astype(dtype, copy=False)


@logsumexp.backward("x")
def logsumexp_dx(g, y, x, *, axis, keepdims):
    """dL/dx = g * e^(x - y): the softmax of x

    e^y = sum of e^x_k. Both sides by x_i: e^y * dy/dx_i = e^x_i, so dy/dx_i = e^(x_i - y).
    """
    return _restore(g, x.shape, axis, keepdims) * exp(x - _restore(y, x.shape, axis, keepdims))
