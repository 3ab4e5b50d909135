"""Division with remainder, a = b * q + r with a whole q: what Python's // and % compute."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from .shape import sum_to


@primitive
def floor_divide(a, b):
    """y = q, the largest whole number that is at most a / b; its gradient is zero

    >>> import tinygrad_edu as tge
    >>> (tge.tensor([7.0, -7.0]) // 2).data
    array([ 3., -4.], dtype=float32)
    """
    return np.floor_divide(a, b)


floor_divide.zero_gradient("a", "b")


@primitive
def remainder(a, b):
    """y = a - b * q with q = floor_divide(a, b); it has the sign of b

    >>> import tinygrad_edu as tge
    >>> (tge.tensor([7.0, -7.0]) % 2).data
    array([1., 1.], dtype=float32)
    """
    return np.remainder(a, b)


@remainder.backward("a")
def remainder_da(g, y, a, b):
    """dL/da = g, summed to a's shape

    y_i = a_i - b_i * q_i, where the whole number q_i stays as it is except where it jumps: dy_i/da_i = 1.
    """
    return sum_to(g, a.shape)


@remainder.backward("b")
def remainder_db(g, y, a, b):
    """dL/db = -g * floor_divide(a, b), summed to b's shape

    y_i = a_i - b_i * q_i with q_i = floor_divide(a_i, b_i), which is piecewise constant: dy_i/db_i = -q_i.
    """
    return sum_to(-g * floor_divide(a, b), b.shape)
