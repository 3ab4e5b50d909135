"""Wrong rules of softmax and its logarithm."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import exp


@wrong(tge.softmax, "x", "missing sum")
def softmax_own_element_only(g, y, x, *, axis):
    return g * y * (1 - y)


@wrong(tge.softmax, "x", "missing sum")
def softmax_as_exp(g, y, x, *, axis):
    return g * y


@wrong(tge.softmax, "x", "wrong axis", "parameter ignored")
def softmax_sums_over_first_axis(g, y, x, *, axis):
    return y * (g - (g * y).sum(axis=0, keepdims=True))


@wrong(tge.softmax, "x", "wrong axis", "parameter ignored")
def softmax_sums_over_everything(g, y, x, *, axis):
    return y * (g - (g * y).sum())


@wrong(tge.softmax, "x", "parameter ignored", "wrong axis")
def softmax_always_last_axis(g, y, x, *, axis):
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


@wrong(tge.softmax, "x", "zero")
def softmax_zero(g, y, x, *, axis):
    return (g - g) * y


@wrong(tge.softmax, "x", "sign")
def softmax_with_minus(g, y, x, *, axis):
    return y * ((g * y).sum(axis=axis, keepdims=True) - g)


@wrong(tge.softmax, "x", "x and y")
def softmax_from_x(g, y, x, *, axis):
    return x * (g - (g * x).sum(axis=axis, keepdims=True))


@wrong(tge.log_softmax, "x", "missing sum")
def log_softmax_forgets_sum(g, y, x, *, axis):
    return g - exp(y) * g


@wrong(tge.log_softmax, "x", "x and y")
def log_softmax_from_x(g, y, x, *, axis):
    return g - exp(x) * g.sum(axis=axis, keepdims=True)


@wrong(tge.log_softmax, "x", "wrong axis", "parameter ignored")
def log_softmax_wrong_axis(g, y, x, *, axis):
    return g - exp(y) * g.sum(axis=0, keepdims=True)


@wrong(tge.log_softmax, "x", "missing sum", "mask")
def log_softmax_passes_g(g, y, x, *, axis):
    return g * 1.0


@wrong(tge.log_softmax, "x", "first order only")
def log_softmax_in_numpy(g, y, x, *, axis):
    return g - np.exp(np.asarray(y)) * g.sum(axis=axis, keepdims=True)


@wrong(tge.log_softmax, "x", "no upstream")
def log_softmax_forgets_g_in_the_sum(g, y, x, *, axis):
    return g - exp(y)


@wrong(tge.log_softmax, "x", "sign")
def log_softmax_adds_the_sum(g, y, x, *, axis):
    return g + exp(y) * g.sum(axis=axis, keepdims=True)


@wrong(tge.log_softmax, "x", "factor")
def log_softmax_takes_the_mean(g, y, x, *, axis):
    return g - exp(y) * g.mean(axis=axis, keepdims=True)


@wrong(tge.softmax, "x", "sign")
def softmax_adds_the_sum(g, y, x, *, axis):
    return y * (g + (g * y).sum(axis=axis, keepdims=True))


@wrong(tge.softmax, "x", "factor")
def softmax_takes_the_mean(g, y, x, *, axis):
    return y * (g - (g * y).mean(axis=axis, keepdims=True))


@wrong(tge.softmax, "x", "not linear")
def softmax_squares_g(g, y, x, *, axis):
    return y * (g * g - (g * y).sum(axis=axis, keepdims=True))


def naive_softmax(x, *, axis=-1):
    """y_i = e^(x_i) / (sum over k of e^(x_k)), without subtracting the largest"""
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)


@wrong(naive_softmax, "x", "overflow")
def softmax_forward_overflows(g, y, x, *, axis):
    return y * (g - (g * y).sum(axis=axis, keepdims=True))


@wrong(tge.softmax, "x", "sum")
def softmax_sums_without_y(g, y, x, *, axis):
    return y * (g - g.sum(axis=axis, keepdims=True))


def normalised(x, *, eps=1e-5):
    """y = (x - mean) / sqrt(variance + eps), along the last axis"""
    c = x - x.mean(axis=-1, keepdims=True)
    return c / np.sqrt((c * c).mean(axis=-1, keepdims=True) + eps)


normalised.case = lambda pick: ((pick.array((pick.integer(1, 3), pick.integer(3, 5))),), {"eps": 0.01})


@wrong(normalised, "x", "missing sum")
def normalised_as_if_mean_and_variance_were_constant(g, y, x, *, eps):
    c = x - x.mean(axis=-1, keepdims=True)
    return g / tge.sqrt((c * c).mean(axis=-1, keepdims=True) + eps)


@wrong(normalised, "x", "sum")
def normalised_as_if_the_variance_were_constant(g, y, x, *, eps):
    c = x - x.mean(axis=-1, keepdims=True)
    return (g - g.mean(axis=-1, keepdims=True)) / tge.sqrt((c * c).mean(axis=-1, keepdims=True) + eps)
