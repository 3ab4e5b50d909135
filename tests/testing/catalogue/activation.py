"""Wrong rules of activations."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import exp, sigmoid, where


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


@wrong(tge.softplus, "x", "overflow")
def softplus_overflows(g, y, x, *, beta, threshold):
    return g * tge.exp(beta * x) / (1 + tge.exp(beta * x))


@wrong(tge.softplus, "x", "parameter ignored")
def softplus_forgets_beta(g, y, x, *, beta, threshold):
    return g * sigmoid(x)


@wrong(tge.elu, "x", "parameter ignored")
def elu_forgets_alpha(g, y, x, *, alpha):
    return where(x > 0, g, g * exp(where(x > 0, 0.0, x)))


@wrong(tge.elu, "x", "no upstream")
def elu_forgets_g(g, y, x, *, alpha):
    return where(x > 0, 1.0, alpha * exp(where(x > 0, 0.0, x)))


@wrong(tge.hardtanh, "x", "mask")
def hardtanh_without_mask(g, y, x, *, min_val, max_val):
    return g * 1.0


@wrong(tge.hardtanh, "x", "wrong side")
def hardtanh_outside(g, y, x, *, min_val, max_val):
    return where((x > min_val) * (x < max_val), 0.0, g)


@wrong(tge.hardtanh, "x", "mask")
def hardtanh_forgets_the_lower_bound(g, y, x, *, min_val, max_val):
    return g * (x < max_val)


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


def swish(x):
    """y = x * sigmoid(x)"""
    return x / (1 + np.exp(-x))


@wrong(swish, "x", "product rule")
def swish_first_factor_only(g, y, x):
    return g * sigmoid(x)


@wrong(swish, "x", "product rule")
def swish_second_factor_only(g, y, x):
    return g * x * sigmoid(x) * (1 - sigmoid(x))
