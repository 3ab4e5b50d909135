"""Wrong rules of functions of one element, and of the choice between two."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import sign, sum_to, where


@wrong(tge.exp, "x", "x and y")
def exp_times_x(g, y, x):
    return g * x


@wrong(tge.exp, "x", "other function")
def exp_as_log(g, y, x):
    return g / x


@wrong(tge.exp, "x", "no upstream")
def exp_forgets_g(g, y, x):
    return y


@wrong(tge.exp, "x", "first order only")
def exp_in_numpy(g, y, x):
    return g * np.exp(np.asarray(x))


@wrong(tge.log, "x", "other function")
def log_as_exp(g, y, x):
    return g * tge.exp(x)


@wrong(tge.log, "x", "x and y")
def log_over_y(g, y, x):
    return g / y


@wrong(tge.log, "x", "first order only")
def log_with_numpy_x(g, y, x):
    return g / np.asarray(x)


@wrong(tge.sqrt, "x", "factor")
def sqrt_forgets_half(g, y, x):
    return g / y


@wrong(tge.sqrt, "x", "x and y")
def sqrt_over_x(g, y, x):
    return g / (2 * x)


@wrong(tge.sin, "x", "other function")
def sin_as_sin(g, y, x):
    return g * y


@wrong(tge.sin, "x", "sign")
def sin_with_minus(g, y, x):
    return -g * tge.cos(x)


@wrong(tge.cos, "x", "sign")
def cos_forgets_minus(g, y, x):
    return g * tge.sin(x)


@wrong(tge.square, "x", "factor")
def square_forgets_two(g, y, x):
    return g * x


@wrong(tge.square, "x", "x and y", "factor missing")
def square_from_y(g, y, x):
    return 2 * g * y


@wrong(tge.erf, "x", "factor")
def erf_forgets_its_factor(g, y, x):
    return g * tge.exp(-x * x)


@wrong(tge.erfc, "x", "sign")
def erfc_as_erf(g, y, x):
    return g * (2 / np.sqrt(np.pi)) * tge.exp(-x * x)


@wrong(tge.tanh, "x", "other function")
def tanh_as_sigmoid(g, y, x):
    return g * tge.sigmoid(x) * (1 - tge.sigmoid(x))


@wrong(tge.tanh, "x", "x and y")
def tanh_from_x(g, y, x):
    return g * (1 - x * x)


@wrong(tge.tanh, "x", "factor missing")
def tanh_forgets_square(g, y, x):
    return g * (1 - y)


@wrong(tge.abs, "x", "mask", "other function")
def abs_forgets_sign(g, y, x):
    return g * 1.0


@wrong(tge.abs, "x", "sign")
def abs_minus_sign(g, y, x):
    return -g * sign(x)


@wrong(tge.where, "a", "wrong side", "swapped")
def where_wrong_side(g, y, condition, a, b):
    return sum_to(where(condition, 0.0, g), a.shape)


@wrong(tge.where, "b", "mask")
def where_without_mask(g, y, condition, a, b):
    return sum_to(g, b.shape)


@wrong(tge.maximum, "a", "wrong side", "swapped")
def maximum_as_minimum(g, y, a, b):
    return sum_to(where(a < b, g, 0.0), a.shape)


@wrong(tge.maximum, "b", "mask from upstream")
def maximum_mask_of_g(g, y, a, b):
    return sum_to(where(g > 0, g, 0.0), b.shape)


@wrong(tge.minimum, "a", "mask")
def minimum_to_both(g, y, a, b):
    return sum_to(g, a.shape)


@wrong(tge.clip, "x", "mask")
def clip_without_mask(g, y, x, *, low, high):
    return g * 1.0


@wrong(tge.clip, "x", "wrong side")
def clip_outside(g, y, x, *, low, high):
    return where(x == y, 0.0, g)


@wrong(tge.exp, "x", "mutation")
def exp_writes_into_g(g, y, x):
    g *= y
    return g


@wrong(tge.exp, "x", "dtype")
def exp_in_double(g, y, x):
    return tge.astype(g * y, np.float64)


@wrong(tge.exp, "x", "raises")
def exp_raises(g, y, x):
    raise RuntimeError("to be written")
