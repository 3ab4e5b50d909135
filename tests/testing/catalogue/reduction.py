"""Wrong rules of sum, mean, max and their like."""

from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import broadcast_to, exp, expand_dims, reshape


def restore(g, x, axis, keepdims):
    if keepdims:
        return g
    if axis is None:
        return reshape(g, (1,) * len(x.shape))
    axes = [a % len(x.shape) for a in (axis if isinstance(axis, tuple) else (axis,))]
    return reshape(g, tuple(1 if a in axes else n for a, n in enumerate(x.shape)))


@wrong(tge.sum, "x", "factor")
def sum_as_mean(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(g, x, axis, keepdims), x.shape) * (y.size / x.size)


@wrong(tge.sum, "x", "shape")
def sum_does_not_repeat(g, y, x, *, axis, keepdims):
    return g


@wrong(tge.sum, "x", "sign")
def sum_with_minus(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(-g, x, axis, keepdims), x.shape)


def row_sum(x):
    """y_i = sum over j of x_ij"""
    return x.sum(axis=1)


@wrong(row_sum, "x", "transposed", "wrong axis")
def row_sum_spread_along_columns(g, y, x):
    return broadcast_to(reshape(g, (1, g.shape[0])), (x.shape[1], g.shape[0])) + 0.0


def sum_last(x, *, axis=-1):
    """y = the sum of x over one axis"""
    return x.sum(axis=axis)


@wrong(sum_last, "x", "wrong axis", "parameter ignored")
def sum_spread_without_restoring(g, y, x, *, axis):
    return broadcast_to(g, x.shape)


@wrong(sum_last, "x", "no upstream", "dtype")
def sum_gives_ones(g, y, x, *, axis):
    return x * 0.0 + 1.0


@wrong(sum_last, "x", "parameter ignored", "wrong axis")
def sum_always_last(g, y, x, *, axis):
    return broadcast_to(expand_dims(g, -1), x.shape)


@wrong(tge.mean, "x", "factor")
def mean_forgets_count(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(g, x, axis, keepdims), x.shape)


@wrong(tge.mean, "x", "factor")
def mean_divides_by_size(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(g / x.size, x, axis, keepdims), x.shape)


@wrong(tge.mean, "x", "factor")
def mean_multiplies(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(g * (x.size / y.size), x, axis, keepdims), x.shape)


@wrong(tge.max, "x", "wrong side")
def max_as_min(g, y, x, *, axis, keepdims):
    least = -tge.max(-x, axis=axis, keepdims=True)
    return restore(g, x, axis, keepdims) * (x == least)


@wrong(tge.max, "x", "mask")
def max_to_all(g, y, x, *, axis, keepdims):
    return broadcast_to(restore(g, x, axis, keepdims), x.shape)


@wrong(tge.max, "x", "no upstream", "dtype")
def max_gives_mask(g, y, x, *, axis, keepdims):
    return x == restore(y, x, axis, keepdims)


@wrong(tge.min, "x", "mask from upstream")
def min_mask_of_g(g, y, x, *, axis, keepdims):
    g = restore(g, x, axis, keepdims)
    return broadcast_to(g * (g > 0), x.shape)


@wrong(tge.logsumexp, "x", "overflow")
def logsumexp_overflows(g, y, x, *, axis, keepdims):
    e = exp(x)
    return restore(g, x, axis, keepdims) * e / e.sum(axis=axis, keepdims=True)


@wrong(tge.logsumexp, "x", "factor missing")
def logsumexp_forgets_to_divide(g, y, x, *, axis, keepdims):
    return restore(g, x, axis, keepdims) * exp(x)


@wrong(tge.logsumexp, "x", "no upstream")
def logsumexp_forgets_g(g, y, x, *, axis, keepdims):
    return exp(x - restore(y, x, axis, keepdims))


@wrong(tge.cumsum, "x", "transposed")
def cumsum_forward_again(g, y, x, *, axis):
    return tge.cumsum(g, axis)


@wrong(tge.cumsum, "x", "missing sum", "sum")
def cumsum_as_itself(g, y, x, *, axis):
    return g * 1.0


prod = tge.primitives()["prod"]


@wrong(prod, "x", "no upstream")
def prod_forgets_g(g, y, x, *, axis):
    return expand_dims(y, axis) / x


@wrong(prod, "x", "factor missing")
def prod_forgets_to_divide(g, y, x, *, axis):
    return expand_dims(g * y, axis) * (x * 0 + 1)


@wrong(tge.cumprod, "x", "missing sum", "sum")
def cumprod_only_its_own(g, y, x, *, axis):
    return g * y / x


@wrong(tge.cumprod, "x", "transposed")
def cumprod_forward_sum(g, y, x, *, axis):
    return tge.cumsum(g * y, axis) / x


@wrong(tge.recurrence, "b", "missing sum", "sum")
def recurrence_forgets_what_follows(g, y, a, b, *, axis):
    return g * 1.0


@wrong(tge.recurrence, "b", "transposed")
def recurrence_forward_again(g, y, a, b, *, axis):
    return tge.recurrence(a, g, axis)
