"""Each kernel as plain nested loops: the definitions.

Read these first. The fast kernels must agree with them (the tests hold them to it), and
`tge.use_kernels("loops")` runs a network on them.

Convolution and pooling have the shapes x (n, c, h, w), weight (o, c / groups, kh, kw), y and g (n, o, oh, ow) and the
indices n image, c and o channels, (i, j) a position in the output, (u, v) a position in the kernel. Stride, padding
and dilation are pairs.
An output position (i, j) sees through kernel position (u, v) the input pixel

    row = i * stride - padding + u * dilation        (and likewise the column)

and pixels outside the image are zero.
"""

from __future__ import annotations

import math
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .geometry import output_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .geometry import Pair


def _taps(
    y_shape: tuple[int, ...],
    x_shape: tuple[int, ...],
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Yield (i, j, u, v, row, col) wherever the output position sees a pixel inside the image."""
    (oh, ow), (h, w) = y_shape[2:], x_shape[2:]
    for i, j, u, v in product(range(oh), range(ow), range(kernel[0]), range(kernel[1])):
        row = i * stride[0] - padding[0] + u * dilation[0]
        col = j * stride[1] - padding[1] + v * dilation[1]
        if 0 <= row < h and 0 <= col < w:
            yield i, j, u, v, row, col


def _channels(o_total: int, c_per_group: int, groups: int) -> Iterator[tuple[int, int, int]]:
    """Yield (o, k, c): output channel o reads, through its k-th kernel slice, the input channel c of its group."""
    o_per_group = o_total // groups
    for o, k in product(range(o_total), range(c_per_group)):
        yield o, k, (o // o_per_group) * c_per_group + k


def conv2d(x, weight, bias, stride, padding, dilation, groups):
    """y[n,o,i,j] = bias[o] + sum over c,u,v of x[n,c,row,col] * weight[o,c,u,v]"""
    o_total, c_per_group, *kernel = weight.shape
    size = output_size(x.shape[2:], kernel, stride, padding, dilation)
    y = np.zeros((x.shape[0], o_total, *size), np.result_type(x, weight))
    for i, j, u, v, row, col in _taps(y.shape, x.shape, kernel, stride, padding, dilation):
        for n in range(x.shape[0]):
            for o, k, c in _channels(o_total, c_per_group, groups):
                y[n, o, i, j] += x[n, c, row, col] * weight[o, k, u, v]
    if bias is not None:
        for n, o, i, j in product(*map(range, y.shape)):
            y[n, o, i, j] += bias[o]
    return y


def conv2d_dx(g, weight, input_size, stride, padding, dilation, groups):
    """dx[n,c,row,col] = sum over o,i,j,u,v with that row and col of g[n,o,i,j] * weight[o,c,u,v]"""
    o_total, c_per_group, *kernel = weight.shape
    dx = np.zeros((g.shape[0], c_per_group * groups, *input_size), np.result_type(g, weight))
    for i, j, u, v, row, col in _taps(g.shape, dx.shape, kernel, stride, padding, dilation):
        for n in range(g.shape[0]):
            for o, k, c in _channels(o_total, c_per_group, groups):
                dx[n, c, row, col] += g[n, o, i, j] * weight[o, k, u, v]
    return dx


def conv2d_dw(x, g, kernel_size, stride, padding, dilation, groups):
    """dw[o,c,u,v] = sum over n,i,j of g[n,o,i,j] * x[n,c,row,col]"""
    o_total, c_per_group = g.shape[1], x.shape[1] // groups
    dw = np.zeros((o_total, c_per_group, *kernel_size), np.result_type(x, g))
    for i, j, u, v, row, col in _taps(g.shape, x.shape, kernel_size, stride, padding, dilation):
        for n in range(x.shape[0]):
            for o, k, c in _channels(o_total, c_per_group, groups):
                dw[o, k, u, v] += g[n, o, i, j] * x[n, c, row, col]
    return dw


def unfold(x, kernel_size, stride, padding, dilation):
    """y[n, (c,u,v), (i,j)] = x[n,c,row,col], the pixel that position (i, j) sees through (u, v); 0 outside"""
    size = output_size(x.shape[2:], kernel_size, stride, padding, dilation)
    y = np.zeros((*x.shape[:2], *kernel_size, *size), x.dtype)
    for i, j, u, v, row, col in _taps((1, 1, *size), x.shape, kernel_size, stride, padding, dilation):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            y[n, c, u, v, i, j] = x[n, c, row, col]
    (n, c), (kh, kw) = x.shape[:2], kernel_size
    return y.reshape(n, c * kh * kw, size[0] * size[1])


def fold(columns, image_size, kernel_size, stride, padding, dilation):
    """y[n,c,row,col] = sum of columns[n, (c,u,v), (i,j)] over all i,j,u,v that see (row, col)"""
    size = output_size(image_size, kernel_size, stride, padding, dilation)
    n, c = len(columns), columns.shape[1] // (kernel_size[0] * kernel_size[1])
    columns = columns.reshape(n, c, *kernel_size, *size)
    y = np.zeros((n, c, *image_size), columns.dtype)
    for i, j, u, v, row, col in _taps((1, 1, *size), y.shape, kernel_size, stride, padding, dilation):
        for n, c in product(range(y.shape[0]), range(y.shape[1])):
            y[n, c, row, col] += columns[n, c, u, v, i, j]
    return y


def max_pool2d(x, kernel_size, stride, padding, dilation, size):
    """y[n,c,i,j] = the largest x[n,c,row,col] that the window at (i, j) sees (padding never wins)"""
    return max_pool2d_gather(x, x, kernel_size, stride, padding, dilation, size)


def _winners(x, kernel_size, stride, padding, dilation, size):
    """Map every (n, c, i, j) to the (row, col) of its window's largest pixel, the first among equals."""
    shape = (*x.shape[:2], *size)
    winner: dict[tuple[int, int, int, int], tuple[int, int]] = {}
    for i, j, _, _, row, col in _taps(shape, x.shape, kernel_size, stride, padding, dilation):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            best = winner.get((n, c, i, j))
            pixel = x[n, c, row, col]
            if best is None or pixel > x[n, c, *best] or (np.isnan(pixel) and not np.isnan(x[n, c, *best])):
                winner[n, c, i, j] = (row, col)
    return winner


def max_pool2d_gather(u, x, kernel_size, stride, padding, dilation, size):
    """y[n,c,i,j] = u at the position where x has the largest pixel of the window at (i, j)"""
    y = np.zeros((*x.shape[:2], *size), u.dtype)
    for (n, c, i, j), (row, col) in _winners(x, kernel_size, stride, padding, dilation, size).items():
        y[n, c, i, j] = u[n, c, row, col]
    return y


def max_pool2d_scatter(g, x, kernel_size, stride, padding, dilation):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    dx = np.zeros(x.shape, g.dtype)
    for (n, c, i, j), (row, col) in _winners(x, kernel_size, stride, padding, dilation, g.shape[2:]).items():
        dx[n, c, row, col] += g[n, c, i, j]
    return dx


def avg_pool2d(x, kernel_size, stride, padding, size, divisor):
    """y[n,c,i,j] = the sum of the pixels that the window at (i, j) sees / divisor: a number, or one for each (i, j)"""
    y = np.zeros((*x.shape[:2], *size), x.dtype)
    for i, j, _, _, row, col in _taps(y.shape, x.shape, kernel_size, stride, padding, (1, 1)):
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            y[n, c, i, j] += x[n, c, row, col]
    return (y / divisor).astype(x.dtype, copy=False)


def avg_pool2d_dx(g, input_size, kernel_size, stride, padding, divisor):
    """dx[n,c,row,col] = sum of g[n,c,i,j] / divisor over the windows that see (row, col)"""
    share = (g / divisor).astype(g.dtype, copy=False)
    dx = np.zeros((*g.shape[:2], *input_size), g.dtype)
    for i, j, _, _, row, col in _taps(g.shape, dx.shape, kernel_size, stride, padding, (1, 1)):
        for n, c in product(range(g.shape[0]), range(g.shape[1])):
            dx[n, c, row, col] += share[n, c, i, j]
    return dx


def resample(x, maps):
    """y[n,c,i,j] = sum over the entries (i, row) of one map and (j, col) of the other of both weights * x[n,c,row,col]

    There may be one axis or three instead of two: one map for each axis from the third on.
    """
    y = np.zeros((*x.shape[:2], *(m.size for m in maps)), x.dtype)
    for entries in product(*(zip(m.outputs, m.inputs, m.weights, strict=True) for m in maps)):
        to, seen, weights = zip(*entries, strict=True)
        for n, c in product(range(x.shape[0]), range(x.shape[1])):
            y[n, c, *to] += x[n, c, *seen] * x.dtype.type(prod(weights))
    return y


def matmul(a, b):
    """y[..., i, k] = sum over j of a[..., i, j] * b[..., j, k]; a vector a is one row, a vector b one column"""
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    stack = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    (m, inner), n = rows.shape[-2:], columns.shape[-1]
    rows, columns = np.broadcast_to(rows, (*stack, m, inner)), np.broadcast_to(columns, (*stack, inner, n))
    y = np.zeros((*stack, m, n), np.result_type(a, b))
    for s in np.ndindex(*stack):
        for i, j, k in product(range(m), range(inner), range(n)):
            y[*s, i, k] += rows[*s, i, j] * columns[*s, j, k]
    y = y[..., 0] if b.ndim == 1 else y
    return y if a.ndim > 1 else y[..., 0] if b.ndim == 1 else y[..., 0, :]


def linear(x, weight, bias):
    """y[..., o] = bias[o] + sum over i of x[..., i] * weight[o, i]"""
    outputs, inputs = weight.shape
    y = np.zeros((*x.shape[:-1], outputs), np.result_type(x, weight))
    for n in np.ndindex(x.shape[:-1]):
        for o in range(outputs):
            for i in range(inputs):
                y[*n, o] += x[*n, i] * weight[o, i]
            if bias is not None:
                y[*n, o] += bias[o]
    return y


def add_rows(rows, at, count):
    """y[k] = sum of rows[i] over the i with at[i] = k"""
    y = np.zeros((count, rows.shape[1]), rows.dtype)
    for i, k in enumerate(at):
        for d in range(rows.shape[1]):
            y[k, d] += rows[i, d]
    return y


def relu(x):
    """y = max(x, 0)"""
    x = np.asarray(x)
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        if not x[index] <= 0:  # a nan stays one
            y[index] = x[index]
    return y


def gate(x, is_open):
    """y = x where the gate is open, else 0"""
    x, is_open = np.broadcast_arrays(x, is_open)
    y = np.zeros(x.shape, x.dtype)
    for index in np.ndindex(x.shape):
        if is_open[index]:
            y[index] = x[index]
    return y


def erf(x):
    """y = 2/sqrt(pi) * (the integral from 0 to x of e^(-t^2) dt)"""
    return _each(x, lambda v: _erf_near(v) if abs(v) < 2 else math.copysign(1 - _erfc_far(abs(v)), v))


def erfc(x):
    """y = 2/sqrt(pi) * (the integral from x to infinity of e^(-t^2) dt) = 1 - erf(x)"""
    return _each(x, lambda v: 1 - _erf_near(v) if abs(v) < 2 else _erfc_far(v) if v > 0 else 2 - _erfc_far(-v))


def _each(x, function):
    """Apply a function of one number, in float64, to each element."""
    x = np.asarray(x)
    y = np.zeros(x.shape, x.dtype if x.dtype.kind == "f" else np.float32)
    for index in np.ndindex(x.shape):
        y[index] = function(float(x[index]))
    return y


def _erf_near(x):
    """erf(x) = 2/sqrt(pi) * e^(-x^2) * (sum over k of 2^k x^(2k + 1) / (1 * 3 * 5 * ... * (2k + 1))), for a small x

    The power series times e^(x^2), all of whose terms have one sign (Abramowitz and Stegun, 7.1.6).
    """
    term = total = x
    for k in range(1, 60):
        term *= 2 * x * x / (2 * k + 1)
        total += term
    return 2 / math.sqrt(math.pi) * math.exp(-x * x) * total


def _erfc_far(x):
    """erfc(x) = e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 2/2 / (x + 3/2 / (x + ...)))), for a large x

    Abramowitz and Stegun, 7.1.14; as many as 100 fractions are within each other.
    """
    below = x
    for k in range(100, 0, -1):
        below = x + k / 2 / below
    return math.exp(-x * x) / math.sqrt(math.pi) / below


def sum(x, axis=None, keepdims=False):
    """y[the kept indices] = sum over the indices of `axis` of x[all indices]"""
    axes = normalize_axis_tuple(range(x.ndim) if axis is None else axis, x.ndim)
    y = np.zeros([1 if a in axes else n for a, n in enumerate(x.shape)], np.add.reduce(np.zeros(0, x.dtype)).dtype)
    for index in np.ndindex(x.shape):
        y[tuple(0 if a in axes else i for a, i in enumerate(index))] += x[index]
    return y if keepdims else np.squeeze(y, axes)[()]


def mean(x, axis=None, keepdims=False):
    """y = the sum over `axis` / the number of elements summed"""
    y = sum(x, axis, keepdims)
    return (y / (x.size / max(y.size, 1))).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def cumsum(x, axis):
    """y_i = x_0 + ... + x_i along `axis`"""
    return _along(axis, lambda before, v: before + v, np.cumsum(np.zeros(0, x.dtype)).dtype, 0, x)


def cumprod(x, axis):
    """y_i = x_0 * ... * x_i along `axis`"""
    return _along(axis, lambda before, v: before * v, np.cumprod(np.zeros(0, x.dtype)).dtype, 1, x)


def recurrence(a, b, axis):
    """y_i = a_i * y_(i-1) + b_i along `axis`, with 0 before the first"""
    return _along(axis, lambda before, slope, v: slope * before + v, np.result_type(a, b), 0, a, b)


def _along(axis, step, dtype, first, *xs):
    """Return y_i = step(y_(i-1), x_i, ...) along an axis; a float is carried in float64."""
    y = np.zeros(xs[0].shape, dtype)
    for row in np.ndindex(*(1 if a == axis else n for a, n in enumerate(y.shape))):
        before = first
        for i in range(y.shape[axis]):
            at = (*row[:axis], i, *row[axis + 1 :])
            before = step(before, *(float(x[at]) if x.dtype.kind == "f" else x[at].astype(dtype) for x in xs))
            y[at] = before
    return y


def einsum(equation, *xs):
    """y[the indices after the arrow] = sum over all others of the product of each x at its own indices"""
    inputs, output = equation.split("->")
    terms = inputs.split(",")
    length = {letter: n for term, x in zip(terms, xs, strict=True) for letter, n in zip(term, x.shape, strict=True)}
    letters = list(dict.fromkeys(output + inputs.replace(",", "")))
    y = np.zeros([length[letter] for letter in output], np.result_type(*xs))
    for index in product(*(range(length[letter]) for letter in letters)):
        at = dict(zip(letters, index, strict=True))
        y[tuple(at[letter] for letter in output)] += math.prod(
            x[tuple(at[letter] for letter in term)] for term, x in zip(terms, xs, strict=True)
        )
    return y
