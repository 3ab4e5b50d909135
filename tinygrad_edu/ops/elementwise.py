"""Functions of one element at a time: powers and logarithms, sines, the error function, absolute values."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .choice import gate


@primitive
def exp(x):
    """y = e^x"""
    return np.exp(x)


@exp.backward("x")
def exp_dx(g, y, x):
    """dL/dx = g * y: the exponential is its own derivative

    e^x = 1 + x + x^2/2! + x^3/3! + ..., and term by term the derivative of x^n/n! is x^(n-1)/(n-1)!: the same series.
    """
    return g * y


@primitive
def log(x):
    """y = ln x"""
    return np.log(x)


@log.backward("x")
def log_dx(g, y, x):
    """dL/dx = g / x

    e^y = x. Both sides by x: e^y * dy/dx = 1, so dy/dx = 1 / e^y = 1 / x.
    """
    return g / x


@primitive
def sqrt(x):
    """y = sqrt(x)"""
    return np.sqrt(x)


@sqrt.backward("x")
def sqrt_dx(g, y, x):
    """dL/dx = g / (2 y); infinite at x = 0

    y^2 = x. Both sides by x: 2 y * dy/dx = 1, so dy/dx = 1 / (2 y).
    """
    return g / (2 * y)


@primitive
def square(x):
    """y = x^2

    >>> import tinygrad_edu as tge
    >>> tge.square(tge.tensor([-3.0, 2.0])).data
    array([9., 4.], dtype=float32)
    """
    return np.square(x)


@square.backward("x")
def square_dx(g, y, x):
    """dL/dx = 2 g x

    (x + h)^2 = x^2 + 2 x h + h^2: for a small h, y grows by 2 x for each step of h.
    """
    return 2 * g * x


@primitive
def sign(x):
    """y = -1, 0 or 1 as x is negative, zero or positive; its gradient is zero"""
    return np.sign(x)


sign.zero_gradient("x")


@primitive
def abs(x):
    """y = |x|"""
    return np.abs(x)


@abs.backward("x")
def abs_dx(g, y, x):
    """dL/dx = g * sign(x); 0 at x = 0, the middle of the slopes -1 and 1

    y is x for x > 0, of slope 1, and -x for x < 0, of slope -1.
    """
    return gate(g, x > 0) - gate(g, x < 0)


@primitive
def tanh(x):
    """y = tanh(x) = (e^x - e^-x) / (e^x + e^-x)"""
    return np.tanh(x)


@tanh.backward("x")
def tanh_dx(g, y, x):
    """dL/dx = g * (1 - y^2)

    y = s / c with s = e^x - e^-x and c = e^x + e^-x, where ds/dx = c and dc/dx = s. By the quotient rule
    dy/dx = (c * c - s * s) / c^2 = 1 - y^2.
    """
    return g * (1 - y * y)


@primitive
def sin(x):
    """y = sin(x), of an angle in radians"""
    return np.sin(x)


@sin.backward("x")
def sin_dx(g, y, x):
    """dL/dx = g * cos(x)

    A point that walks around the unit circle at speed 1 stands at (cos x, sin x) and moves at a right angle to that, by
    (-sin x, cos x): the sine changes by cos x.
    """
    return g * cos(x)


@primitive
def cos(x):
    """y = cos(x), of an angle in radians"""
    return np.cos(x)


@cos.backward("x")
def cos_dx(g, y, x):
    """dL/dx = -g * sin(x)

    The same point's other coordinate changes by -sin x.
    """
    return -g * sin(x)


@primitive
def erf(x):
    """y = 2/sqrt(pi) * (the integral from 0 to x of e^(-t^2) dt), the error function, from -1 to 1

    (1 + erf(x / sqrt(2))) / 2 is the share of a standard normal distribution that lies below x.

    >>> import tinygrad_edu as tge
    >>> tge.erf(tge.tensor([-1.0, 0.0, 1.0])).data.round(4)
    array([-0.8427,  0.    ,  0.8427], dtype=float32)
    """
    return active.kernels.erf(x)


@primitive
def erfc(x):
    """y = 1 - erf(x), computed without that difference, of which nothing would be left for an x above 6

    >>> import tinygrad_edu as tge
    >>> f"{tge.erfc(tge.tensor(9.0)).item():.3g}"
    '4.14e-37'
    """
    return active.kernels.erfc(x)


@erf.backward("x")
def erf_dx(g, y, x):
    """dL/dx = g * 2/sqrt(pi) * e^(-x^2)

    The slope of an integral by its upper end is what is integrated, there.
    """
    return g * (2 / math.sqrt(math.pi)) * exp(-square(x))


@erfc.backward("x")
def erfc_dx(g, y, x):
    """dL/dx = -g * 2/sqrt(pi) * e^(-x^2)

    y = 1 - erf(x), so its slope is erf's, with a minus.
    """
    return -g * (2 / math.sqrt(math.pi)) * exp(-square(x))


@primitive
def astype(x, *, dtype):
    """y = x in another dtype"""
    if np.dtype(dtype).kind not in "biuf":
        raise TypeError(f"astype: a Tensor holds booleans, integers or floats, not {np.dtype(dtype)}")
    return np.asarray(x).astype(dtype)


@astype.backward("x")
def astype_dx(g, y, x, *, dtype):
    """dL/dx = g in x's dtype; zero where y is made of whole numbers, for rounding is piecewise constant

    y = x but for rounding, so dy/dx = 1.
    """
    return astype(g, x.dtype) if y.dtype.kind == "f" else None
