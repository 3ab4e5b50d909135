"""Wrong rules of operations that move elements, and of reading them out."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import flip, reshape, swapaxes, transpose


@wrong(tge.broadcast_to, "x", "missing sum", "shape")
def broadcast_to_without_sum(g, y, x, *, shape):
    return g


@wrong(tge.broadcast_to, "x", "factor")
def broadcast_to_averages(g, y, x, *, shape):
    return tge.sum_to(g, x.shape) * (x.size / g.size)


@wrong(tge.primitives()["sum_to"], "x", "factor")
def sum_to_averages(g, y, x, *, shape):
    return tge.broadcast_to(g, x.shape) * (y.size / x.size)


@wrong(tge.reshape, "x", "shape")
def reshape_forgets(g, y, x, *, shape):
    return g


@wrong(tge.transpose, "x", "transposed")
def transpose_same_axes_again(g, y, x, *, axes):
    return transpose(g, axes)


@wrong(tge.transpose, "x", "transposed", "shape")
def transpose_forgets(g, y, x, *, axes):
    return g * 1.0


@wrong(tge.transpose, "x", "transposed", "parameter ignored")
def transpose_ignores_axes(g, y, x, *, axes):
    return transpose(g)


@wrong(tge.swapaxes, "x", "transposed", "shape")
def swapaxes_forgets(g, y, x, *, axis1, axis2):
    return g * 1.0


@wrong(tge.swapaxes, "x", "sign")
def swapaxes_with_minus(g, y, x, *, axis1, axis2):
    return -swapaxes(g, axis1, axis2)


@wrong(tge.flip, "x", "flipped")
def flip_forgets(g, y, x, *, axis):
    return g * 1.0


@wrong(tge.flip, "x", "parameter ignored", "flipped")
def flip_all_axes(g, y, x, *, axis):
    return flip(g)


@wrong(tge.pad, "x", "parameter ignored", "shape")
def pad_cuts_at_the_end(g, y, x, *, pad_width, mode, value):
    return g[tuple(slice(0, n) for n in x.shape)]


@wrong(tge.pad, "x", "shape", "parameter ignored")
def pad_forgets_to_cut(g, y, x, *, pad_width, mode, value):
    return g


def take(x, *, index):
    """y = x[index], rows picked by an array of integers"""
    return x[np.asarray(index)]


def _pick(pick):
    rows = pick.integer(2, 4)
    index = [pick.integer(0, rows - 1) for _ in range(pick.integer(2, 5))]
    return (pick.array((rows, pick.integer(1, 2))),), {"index": index}


take.case = _pick


@wrong(take, "x", "overwritten")
def take_overwrites(g, y, x, *, index):
    dx = np.zeros(x.shape, g.dtype)
    dx[np.asarray(index)] = g
    return dx


@wrong(take, "x", "averaged")
def take_averages(g, y, x, *, index):
    count = np.maximum(np.bincount(index, minlength=x.shape[0]), 1)[:, None]
    return tge.scatter_add(g, np.asarray(index), x.shape) / count.astype(g.dtype)


@wrong(tge.expand_dims, "x", "shape")
def expand_dims_forgets(g, y, x, *, axis):
    return g


@wrong(tge.squeeze, "x", "factor")
def squeeze_halves(g, y, x, *, axis):
    return reshape(g, x.shape) / 2


@wrong(tge.scatter_add, "x", "sign")
def scatter_add_with_minus(g, y, x, *, index, shape):
    return -tge.getitem(g, index)


@wrong(tge.roll, "x", "transposed", "flipped")
def roll_further(g, y, x, *, shift, axis):
    return tge.roll(g, shift, axis)


def circular(x):
    """y = x with its last element before it, and its first one behind it"""
    return tge.pad(x, ((1, 1),), "circular") if x.ndim == 1 else x * 1.0


circular.case = lambda pick: ((pick.array((pick.integer(1, 4),)),), {})


@wrong(circular, "x", "overwritten")
def circular_cuts_the_border_off(g, y, x):
    return g[1:-1] if len(g.shape) == 1 else g * 1.0
