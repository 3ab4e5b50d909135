"""The error function and its complement, which NumPy has not, to the last digits of a float64.

erf(x) = 2/sqrt(pi) * (integral from 0 to x of e^(-t^2) dt), and erfc(x) = 1 - erf(x), computed without that difference,
of which nothing would be left where erf(x) rounds to 1. Each is a quotient of two polynomials on each of three ranges
of |x|, which suffice since erf(-x) = -erf(x). The coefficients are those of W. J. Cody, "Rational Chebyshev
approximations for the error function", Mathematics of Computation 23 (1969).
"""

from __future__ import annotations

import numpy as np

NEAR = (  # erf(x) / x, in x^2, for |x| up to 0.46875
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
MIDDLE = (  # erfc(x) * e^(x^2), in x, from there to 4
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
     8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
FAR = (  # (1/sqrt(pi) - x * erfc(x) * e^(x^2)) * x^2, in 1/x^2, beyond 4
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip
NOTHING_LEFT = 30.0  # from here on erfc(x) is 0 in every float


def erf(x):
    """y = erf(x)"""
    return _by_range(x, complement=False)


def erfc(x):
    """y = erfc(x) = 1 - erf(x)"""
    return _by_range(x, complement=True)


def _by_range(x, complement):
    x = np.asarray(x)
    if x.dtype.kind != "f" or x.itemsize == 2:  # whole numbers, and float16, are computed with as float32
        y = _by_range(x.astype(np.float32), complement)
        return y.astype(np.float16) if x.dtype.kind == "f" else y
    size = np.abs(x)
    y = np.empty_like(size)
    near = size <= 0.46875
    inside = x[near]
    found = inside * _quotient(NEAR, inside * inside)
    y[near] = 1 - found if complement else found
    if near.all():
        return y
    outside = ~near
    tail = _tail(size[outside])  # erfc(|x|)
    below = x[outside] < 0
    y[outside] = np.where(below, 2 - tail, tail) if complement else np.where(below, tail - 1, 1 - tail)
    return y


def _tail(x):
    """Return erfc(x) for x above 0.46875."""
    x = np.minimum(x, NOTHING_LEFT)
    far = x > 4
    y = np.empty_like(x)
    y[~far] = _quotient(MIDDLE, x[~far])
    beyond = x[far]
    inverse = 1 / (beyond * beyond)
    y[far] = (1 / np.sqrt(np.pi).astype(x.dtype) - inverse * _quotient(FAR, inverse)) / beyond
    # x^2 rounded would spoil the digits of e^(-x^2). So x = rough + rest, where the square of `rough` is exact.
    rough = np.trunc(16 * x) / 16
    return y * np.exp(-rough * rough) * np.exp((rough - x) * (rough + x))


def _quotient(coefficients, x):
    """Return the quotient of two polynomials, given from the highest power down."""
    above, below = (np.full_like(x, polynomial[0]) for polynomial in coefficients)
    for a, b in zip(coefficients[0][1:], coefficients[1][1:], strict=True):
        above = above * x + a
        below = below * x + b
    return above / below
