"""Pooling, one kernel position at a time over all windows at once: the fast twins of the loops in `loops.py`."""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import prod

import numpy as np

from .elementwise import gate
from .geometry import pad_image, reach, seen_through
from .reductions import add
from .threads import pieces, run


def _views(x, kernel, stride, dilation, size):
    """Yield, for each kernel position (u, v) in order, the view of the pixels all windows see through it."""
    for u, v in product(range(kernel[0]), range(kernel[1])):
        yield x[seen_through(u, v, stride, dilation, size)]


def _cut(x):
    """Cut images into pieces that fit the cache."""
    return pieces(len(x), x.itemsize * prod(x.shape[1:]))


def _around(x, padding, needed, value=0):
    """Put `padding` of `value` around the images, and more below and to the right where windows reach further."""
    if padding == (0, 0) and needed[0] <= x.shape[2] and needed[1] <= x.shape[3]:
        return x
    h, w = (max(0, r - n - 2 * p) for r, n, p in zip(needed, x.shape[2:], padding, strict=True))
    x = pad_image(x, padding, value)
    return np.pad(x, ((0, 0), (0, 0), (0, h), (0, w)), constant_values=value) if h or w else x


def _zeros_around(shape, padding, needed, dtype):
    """Return zeros as large as `_around` makes images of this shape."""
    h, w = max(needed[0], shape[2] + 2 * padding[0]), max(needed[1], shape[3] + 2 * padding[1])
    return np.zeros((*shape[:2], h, w), dtype)


def _crop(padded, input_size, padding):
    (h, w), (p, q) = input_size, padding
    return padded[:, :, p : p + h, q : q + w]


def _apart(kernel, stride, dilation):
    """Tell whether no two windows see the same pixel, so that a gradient can be written instead of added."""
    return stride[0] > dilation[0] * (kernel[0] - 1) and stride[1] > dilation[1] * (kernel[1] - 1)


def _steps(kernel, stride, size):
    """Return, for each kernel row, which rows of the image it sees, and for each kernel column which columns.

    The sum over a window is that over its columns of the sums over its rows: kh + kw additions, and not kh * kw.
    """
    return [
        [slice(u, u + step * (count - 1) + 1, step) for u in range(length)]
        for length, step, count in zip(kernel, stride, size, strict=True)
    ]


def _lowest(dtype):
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min if dtype.kind in "iu" else False


def _largest(x, kernel, stride, padding, dilation, size):
    """Yield, for each kernel position, in which windows the largest pixel is there: the first among equals."""
    needed = reach(kernel, stride, dilation, size)
    if (
        padding != (0, 0) or needed[0] > x.shape[2] or needed[1] > x.shape[3]
    ):  # even the smallest pixel there is wins over the padding
        x = np.maximum(x, np.finfo(x.dtype).min) if x.dtype.kind == "f" else x.astype(np.float64)
    # Copied, because neighbours in a view are `stride` apart and each is read twice.
    around = _around(x, padding, needed, _lowest(x.dtype))
    views = [seen.copy() for seen in _views(around, kernel, stride, dilation, size)]
    y = reduce(np.maximum, views)
    nan = np.isnan(y).any()
    open_windows = np.ones(y.shape, bool)
    for seen in views:
        here = seen == y
        if nan:
            here |= seen != seen  # a NaN wins over every number, the first NaN over the others
        here &= open_windows
        open_windows ^= here
        yield here


def max_pool2d(x, kernel_size, stride, padding, dilation, size):
    """y[n,c,i,j] = the largest x[n,c,row,col] that the window at (i, j) sees (padding never wins)"""
    y = np.empty((*x.shape[:2], *size), x.dtype)
    needed, lowest = reach(kernel_size, stride, dilation, size), _lowest(x.dtype)

    def forward(s):
        views = _views(_around(x[s], padding, needed, lowest), kernel_size, stride, dilation, size)
        best = y[s]
        best[...] = next(views)
        for seen in views:
            np.maximum(best, seen, out=best)

    if y.size:
        run(forward, _cut(x))
    return y


def max_pool2d_gather(u, x, kernel_size, stride, padding, dilation, size):
    """y[n,c,i,j] = u at the position where x has the largest pixel of the window at (i, j)"""
    y = np.zeros((*x.shape[:2], *size), u.dtype)
    needed = reach(kernel_size, stride, dilation, size)

    def gather(s):
        read = y[s]
        seen_u = _views(_around(u[s], padding, needed), kernel_size, stride, dilation, size)
        largest = _largest(x[s], kernel_size, stride, padding, dilation, size)
        for seen, here in zip(seen_u, largest, strict=True):
            read += gate(seen, here)

    if y.size:
        run(gather, _cut(x))
    return y


def max_pool2d_scatter(g, x, kernel_size, stride, padding, dilation):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    size = g.shape[2:]
    dx = _zeros_around(x.shape, padding, reach(kernel_size, stride, dilation, size), g.dtype)
    apart = _apart(kernel_size, stride, dilation)

    def scatter(s):
        seen_dx = _views(dx[s], kernel_size, stride, dilation, size)
        largest = _largest(x[s], kernel_size, stride, padding, dilation, size)
        for seen, here in zip(seen_dx, largest, strict=True):
            if apart:
                seen[...] = gate(g[s], here)
            else:
                seen += gate(g[s], here)

    if g.size:
        run(scatter, _cut(x))
    return _crop(dx, x.shape[2:], padding)


def avg_pool2d(x, kernel_size, stride, padding, size, divisor):
    """y[n,c,i,j] = the sum of the pixels that the window at (i, j) sees / divisor: a number, or one for each (i, j)"""
    y = np.zeros((*x.shape[:2], *size), x.dtype)
    down, across = _steps(kernel_size, stride, size)
    needed = reach(kernel_size, stride, (1, 1), size)

    def forward(s):
        seen = _around(x[s], padding, needed)
        rows = add([seen[..., columns] for columns in across])
        np.divide(add([rows[..., r, :] for r in down]), divisor, out=y[s])

    if y.size:
        run(forward, _cut(x))
    return y


def avg_pool2d_dx(g, input_size, kernel_size, stride, padding, divisor):
    """dx[n,c,row,col] = sum of g[n,c,i,j] / divisor over the windows that see (row, col)"""
    size = g.shape[2:]
    dx = _zeros_around((*g.shape[:2], *input_size), padding, reach(kernel_size, stride, (1, 1), size), g.dtype)
    down, across = _steps(kernel_size, stride, size)

    def backward(s):
        share = (g[s] / divisor).astype(g.dtype, copy=False)
        rows = np.zeros((*share.shape[:2], dx.shape[2], share.shape[3]), g.dtype)
        for r in down:
            rows[..., r, :] += share
        for columns in across:
            dx[s][..., columns] += rows

    if g.size:
        run(backward, _cut(dx))
    return _crop(dx, input_size, padding)
