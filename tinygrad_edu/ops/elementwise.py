"""Functions of one element at a time, the activations among them, and the choice between two."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..autograd.tensor import Tensor
from ..kernels import active
from .shape import sum_to


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
def sigmoid(x):
    """y = 1 / (1 + e^-x)

    Computed from e^-|x|, which cannot overflow: for x < 0 it is e^x / (1 + e^x), the same number.
    """
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)  # the negative of an unsigned integer is none
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@sigmoid.backward("x")
def sigmoid_dx(g, y, x):
    """dL/dx = g * y * (1 - y)

    y = 1 / d with d = 1 + e^-x and dd/dx = -e^-x = 1 - d. So dy/dx = -(1 - d) / d^2 = (1 - 1/d) * 1/d = (1 - y) * y.
    """
    return g * y * (1 - y)


@primitive(gate=lambda x: x > 0)
def relu(x):
    """y = max(x, 0)

    >>> import tinygrad_edu as tge
    >>> tge.relu(tge.tensor([-1.0, 2.0])).data
    array([0., 2.], dtype=float32)
    """
    return active.kernels.relu(x)


@relu.backward("x")
def relu_dx(g, y, x):
    """dL/dx = g * [x > 0]

    y = x for x > 0, of slope 1, and y = 0 for x < 0, of slope 0: the gradient passes exactly where the value passed. At
    the kink x = 0 every slope from 0 to 1 would do (they are the subgradients); it is 0.
    """
    return gate(g, x > 0)


@primitive
def leaky_relu(x, *, negative_slope=0.01):
    """y = x where x > 0, else negative_slope * x

    `negative_slope` is one number. For a slope that is trained, or one per channel, write where(x > 0, x, slope * x).
    """
    if type(negative_slope) is not float and np.ndim(negative_slope):
        raise TypeError(
            f"leaky_relu: negative_slope is one number, not {negative_slope!r}; "
            "for several slopes write where(x > 0, x, slope * x)"
        )
    return np.where(np.asarray(x) > 0, x, negative_slope * x if negative_slope else 0.0)


@leaky_relu.backward("x")
def leaky_relu_dx(g, y, x, *, negative_slope):
    """dL/dx = g where x > 0, else negative_slope * g  (so at the kink x = 0: negative_slope * g)

    Two lines through 0: of slope 1 on the right, of slope negative_slope on the left.
    """
    return where(x > 0, g, negative_slope * g if negative_slope else 0.0)


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
