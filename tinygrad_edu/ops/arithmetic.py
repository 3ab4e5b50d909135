"""+ - * / ** and negation, with broadcasting.

Broadcasting repeats an input along the axes it lacks, so its gradient is the *sum* over those repetitions: that is
what `sum_to(..., a.shape)` does at the end of every rule. It does nothing where nothing was broadcast.
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from .choice import where
from .elementwise import log
from .shape import sum_to


@primitive
def add(a, b):
    """y = a + b

    Shapes: a and b broadcast against each other.

    >>> import tinygrad_edu as tge
    >>> (tge.tensor([1.0, 2.0]) + 10).data
    array([11., 12.], dtype=float32)
    """
    return np.add(a, b)


@add.backward("a")
def add_da(g, y, a, b):
    """dL/da = g, summed to a's shape

    y_i = a_i + b_i, so dy_i/da_i = 1 and g arrives as it is. Where a was broadcast, one of its elements stands in
    several y_i, and what arrives from each adds up.
    """
    return sum_to(g, a.shape)


@add.backward("b")
def add_db(g, y, a, b):
    """dL/db = g, summed to b's shape

    dy_i/db_i = 1, as for a.
    """
    return sum_to(g, b.shape)


@primitive
def subtract(a, b):
    """y = a - b"""
    return np.subtract(a, b)


@subtract.backward("a")
def subtract_da(g, y, a, b):
    """dL/da = g, summed to a's shape

    y_i = a_i - b_i, so dy_i/da_i = 1.
    """
    return sum_to(g, a.shape)


@subtract.backward("b")
def subtract_db(g, y, a, b):
    """dL/db = -g, summed to b's shape

    y_i = a_i - b_i, so dy_i/db_i = -1.
    """
    return sum_to(-g, b.shape)


@primitive
def multiply(a, b):
    """y = a * b, element by element"""
    return np.multiply(a, b)


@multiply.backward("a")
def multiply_da(g, y, a, b):
    """dL/da = g * b, summed to a's shape

    y_i = a_i * b_i. With b_i held fixed that is a line through 0 of slope b_i: dy_i/da_i = b_i.
    """
    return sum_to(g * b, a.shape)


@multiply.backward("b")
def multiply_db(g, y, a, b):
    """dL/db = g * a, summed to b's shape

    dy_i/db_i = a_i, for the product is symmetric.
    """
    return sum_to(g * a, b.shape)


@primitive
def divide(a, b):
    """y = a / b, element by element"""
    return np.divide(a, b)


@divide.backward("a")
def divide_da(g, y, a, b):
    """dL/da = g / b, summed to a's shape

    y_i = a_i * (1 / b_i), so dy_i/da_i = 1 / b_i.
    """
    return sum_to(g / b, a.shape)


@divide.backward("b")
def divide_db(g, y, a, b):
    """dL/db = -g * y / b, summed to b's shape  (since -a / b^2 = -y / b)

    y_i * b_i = a_i. By the product rule y_i + b_i * dy_i/db_i = 0, so dy_i/db_i = -y_i / b_i.
    """
    return sum_to(-g * y / b, b.shape)


@primitive
def negative(x):
    """y = -x"""
    return np.negative(x)


@negative.backward("x")
def negative_dx(g, y, x):
    """dL/dx = -g

    y_i = -x_i, so dy_i/dx_i = -1.
    """
    return -g


@primitive
def power(a, b):
    """y = a ** b, element by element

    Real powers only: a negative base needs a whole exponent.
    """
    return np.power(a, b)


@power.backward("a")
def power_da(g, y, a, b):
    """dL/da = g * b * a^(b - 1), summed to a's shape; 0 where b = 0, whatever a is

    a^b = e^(b log a), so d(a^b)/da = a^b * b / a = b * a^(b - 1); for whole b it holds without the logarithm, at a <= 0
    too. For b = 0 y is 1 everywhere, and its slope 0.
    """
    return sum_to(g * b * _base(a, b) ** (b - 1), a.shape)


@power.backward("b")
def power_db(g, y, a, b):
    """dL/db = g * y * log(a), summed to b's shape; 0 where a = 0 and b >= 0, the limit for b > 0

    y = e^(b log a), so dy/db = e^(b log a) * log a = y * log a. At a = 0 that is 0 * -inf for b > 0, where y = 0^b
    stays 0 while b changes.
    """
    return sum_to(g * y * log(where((a == 0) * (b >= 0), 1.0, a)), b.shape)


def _base(a, b):
    """Return a, but 1 where b = 0 and 1/a is no number: 0 * a^-1 is 0 there, in this and later derivatives too."""
    if isinstance(b, (int, float)) and b != 0:
        return a
    has_inverse = abs(a) >= np.finfo(a.dtype).tiny  # not for 0, nor so near to it that 1/a overflows, nor for nan
    return where((b != 0) + has_inverse, a, 1.0)
