"""Wrong rules of functions of one element, and of the choice between two."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import sigmoid, sign, sum_to, where


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


def sine(x):
    """y = sin(x)"""
    return np.sin(x)


def cosine(x):
    """y = cos(x)"""
    return np.cos(x)


_sine, _cosine = tge.Primitive(sine), tge.Primitive(cosine)


@wrong(sine, "x", "other function")
def sine_as_sine(g, y, x):
    return g * y


@wrong(cosine, "x", "sign")
def cosine_forgets_minus(g, y, x):
    return g * _sine(x)


@_sine.backward("x")
def _sine_dx(g, y, x):
    return g * _cosine(x)


@wrong(tge.tanh, "x", "other function")
def tanh_as_sigmoid(g, y, x):
    return g * sigmoid(x) * (1 - sigmoid(x))


@wrong(tge.tanh, "x", "x and y")
def tanh_from_x(g, y, x):
    return g * (1 - x * x)


@wrong(tge.tanh, "x", "factor missing")
def tanh_forgets_square(g, y, x):
    return g * (1 - y)


@wrong(tge.sigmoid, "x", "factor missing")
def sigmoid_half_a_rule(g, y, x):
    return g * y


@wrong(tge.sigmoid, "x", "x and y")
def sigmoid_from_x(g, y, x):
    return g * x * (1 - x)


@wrong(tge.sigmoid, "x", "overflow")
def sigmoid_overflows(g, y, x):
    e = tge.exp(-x)
    return g * e / ((1 + e) * (1 + e))


def softplus(x):
    """y = log(1 + e^x)"""
    return np.logaddexp(0, x)


@wrong(softplus, "x", "overflow")
def softplus_overflows(g, y, x):
    return g * tge.exp(x) / (1 + tge.exp(x))


@wrong(tge.relu, "x", "mask from upstream")
def relu_mask_of_g(g, y, x):
    return g * (g > 0)


@wrong(tge.relu, "x", "wrong side")
def relu_wrong_side(g, y, x):
    return g * (x < 0)


@wrong(tge.relu, "x", "mask")
def relu_without_mask(g, y, x):
    return g * 1.0


@wrong(tge.relu, "x", "mask")
def relu_mask_too_narrow(g, y, x):
    return g * (x > 1.5)


@wrong(tge.relu, "x", "no upstream", "dtype")
def relu_gives_mask(g, y, x):
    return x > 0


@wrong(tge.relu, "x", "factor missing")
def relu_times_x(g, y, x):
    return g * x * (x > 0)


@wrong(tge.leaky_relu, "x", "wrong side")
def leaky_relu_wrong_side(g, y, x, *, negative_slope):
    return where(x > 0, negative_slope * g, g)


@wrong(tge.leaky_relu, "x", "mask")
def leaky_relu_without_slope(g, y, x, *, negative_slope):
    return where(x > 0, g, 0.0)


@wrong(tge.leaky_relu, "x", "parameter ignored")
def leaky_relu_fixed_slope(g, y, x, *, negative_slope):
    return where(x > 0, g, 0.01 * g)


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


def swish(x):
    """y = x * sigmoid(x)"""
    return x / (1 + np.exp(-x))


@wrong(swish, "x", "product rule")
def swish_first_factor_only(g, y, x):
    return g * sigmoid(x)


@wrong(swish, "x", "product rule")
def swish_second_factor_only(g, y, x):
    return g * x * sigmoid(x) * (1 - sigmoid(x))
