"""Softmax and its logarithm: scores become probabilities."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .elementwise import exp
from .parameters import check_axis
from .reduction import in_float32, total


@primitive
def softmax(x, *, axis=-1):
    """y_i = e^(x_i) / (sum over k of e^(x_k)), along `axis`

    The largest x is subtracted first; that changes nothing in the quotient and keeps e^x from overflowing.

    >>> import tinygrad_edu as tge
    >>> tge.softmax(tge.tensor([0.0, 0.0])).data
    array([0.5, 0.5], dtype=float32)
    """
    check_axis("softmax", axis)
    dtype, x = in_float32(x)
    e = np.exp(x - np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf))
    y = e / active.kernels.sum(e, axis, keepdims=True)
    return y if y.dtype is dtype else y.astype(dtype)


@softmax.backward("x")
def softmax_dx(g, y, x, *, axis):
    """dL/dx = y * (g - sum of g * y)

    y_i = e^(x_i) / s with s = sum of e^(x_k) and ds/dx_k = e^(x_k). By the quotient rule
    dy_i/dx_k = y_i * ([i = k] - y_k): raising one score takes from all the others. So
    dL/dx_k = sum over i of g_i * dy_i/dx_k = y_k * (g_k - sum of g * y).
    """
    return y * (g - total(g * y, axis, keepdims=True))


@primitive
def log_softmax(x, *, axis=-1):
    """y_i = x_i - log(sum over k of e^(x_k)), along `axis`

    More accurate than log(softmax(x)), which is log 0 once a probability rounds to 0.
    """
    check_axis("log_softmax", axis)
    dtype, x = in_float32(x)
    shifted = x - np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf)
    y = shifted - np.log(active.kernels.sum(np.exp(shifted), axis, keepdims=True))
    return y if y.dtype is dtype else y.astype(dtype)


@log_softmax.backward("x")
def log_softmax_dx(g, y, x, *, axis):
    """dL/dx = g - e^y * (sum of g)

    dy_i/dx_k = [i = k] - p_k with p = e^y, for d(log sum of e^x)/dx_k = e^x_k / (sum of e^x) = p_k. So
    dL/dx_k = sum over i of g_i * ([i = k] - p_k) = g_k - p_k * (sum of g).
    """
    return g - exp(y) * total(g, axis, keepdims=True)
