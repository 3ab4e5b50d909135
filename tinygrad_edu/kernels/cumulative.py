"""Sums, products and recurrences that go on along an axis, and keep every step."""

from __future__ import annotations

import numpy as np


def cumsum(x, axis):
    """y_i = x_0 + ... + x_i along `axis`; a float32 is added up as a float64, for its steps would round away"""
    return _accumulate(np.cumsum, x, axis)


def cumprod(x, axis):
    """y_i = x_0 * ... * x_i along `axis`"""
    return _accumulate(np.cumprod, x, axis)


def _accumulate(accumulate, x, axis):
    if x.dtype.kind != "f" or x.itemsize == 8:
        return accumulate(x, axis)
    with np.errstate(over="ignore"):
        return accumulate(x, axis, np.float64).astype(x.dtype)


def recurrence(a, b, axis):
    """y_i = a_i * y_(i-1) + b_i along `axis`, with 0 before the first

    One step is the function y -> a_i * y + b_i, and two of them after each other are such a function again, of slope
    a_i * a_(i-1). So steps are joined to their neighbours, pairs to pairs, and so on: log n rounds over whole arrays
    (Hillis and Steele, "Data parallel algorithms", 1986), and each y is summed up by halves.
    """
    a, y = (np.moveaxis(z, axis, 0).astype(np.result_type(a, b), copy=True) for z in (a, b))
    step = 1
    while step < len(y):
        y[step:] += a[step:] * y[:-step]
        a[step:] *= a[:-step]
        step *= 2
    return np.moveaxis(y, 0, axis)
