"""The choice between two values, element by element: the larger, the smaller, or as a condition says."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..autograd.tensor import Tensor
from ..kernels import active
from .shape import sum_to


@primitive
def where(condition, a, b):
    """y = a where the condition holds, else b

    Shapes: all three broadcast against each other. The condition is boolean and has no gradient.
    """
    return np.where(condition, a, b)


where.zero_gradient("condition")


@where.backward("a")
def where_da(g, y, condition, a, b):
    """dL/da = g where the condition holds, else 0, summed to a's shape

    y_i is a_i where the condition holds, so dy_i/da_i is 1 there, and 0 where y_i is b_i.
    """
    return sum_to(gate(g, condition), a.shape)


@where.backward("b")
def where_db(g, y, condition, a, b):
    """dL/db = 0 where the condition holds, else g, summed to b's shape

    dy_i/db_i is 1 where y_i is b_i, and 0 where it is a_i.
    """
    return sum_to(where(condition, 0.0, g), b.shape)


def gate(g, is_open):
    """Return g where the gate is open, else 0, exactly: a product with 0 would make nan of an infinite g.

    It is where(is_open, g, 0), which for arrays has a faster form.
    """
    return where(is_open, g, 0.0) if isinstance(g, Tensor) else active.kernels.gate(g, is_open)


@primitive
def maximum(a, b):
    """y = the larger of a and b, element by element"""
    return np.maximum(a, b)


@primitive
def minimum(a, b):
    """y = the smaller of a and b, element by element"""
    return np.minimum(a, b)


@maximum.backward("a")
@minimum.backward("a")
def extremum_da(g, y, a, b):
    """dL/da = g where a was chosen (a = y), g / 2 where a = b, else 0, summed to a's shape

    y_i is the chosen one of the two: slope 1 for it, slope 0 for the other. Where a_i = b_i moving a_i up gives one of
    these slopes and moving it down the other: half of g each is the middle, and a and b together still get all of g.
    """
    return sum_to(where(a == b, g / 2, where(a == y, g, 0.0)), a.shape)


@maximum.backward("b")
@minimum.backward("b")
def extremum_db(g, y, a, b):
    """dL/db = g where b was chosen (b = y), g / 2 where a = b, else 0, summed to b's shape

    The same, with a and b exchanged.
    """
    return sum_to(where(a == b, g / 2, where(b == y, g, 0.0)), b.shape)


@primitive
def clip(x, *, low=None, high=None):
    """y = min(max(x, low), high); a bound of None does not bind

    The bounds are numbers or arrays. For bounds that are trained write minimum(maximum(x, low), high).
    """
    return np.clip(x, low, high)


@clip.backward("x")
def clip_dx(g, y, x, *, low, high):
    """dL/dx = g where x was left as it is (low <= x <= high, bounds included), else 0

    y = x between the bounds, of slope 1; outside them y is the bound, of slope 0.
    """
    return sum_to(gate(g, x == y), x.shape)
