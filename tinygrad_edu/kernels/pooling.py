"""Pooling, one kernel position at a time over all windows at once: the fast twins of the loops in `loops.py`."""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import prod

import numpy as np

from .elementwise import gate
from .geometry import output_size, pad_image, seen_through
from .reductions import add
from .threads import pieces, run


def _views(x, kernel, stride, size):
    """Yield, for each kernel position (u, v) in order, the view of the pixels all windows see through it."""
    for u, v in product(range(kernel[0]), range(kernel[1])):
        yield x[seen_through(u, v, stride, (1, 1), size)]


def _cut(x):
    """Cut images into pieces that fit the cache."""
    return pieces(len(x), x.itemsize * prod(x.shape[1:]))


def _padded_zeros(shape, padding, dtype):
    return np.zeros((*shape[:2], shape[2] + 2 * padding[0], shape[3] + 2 * padding[1]), dtype)


def _crop(padded, input_size, padding):
    (h, w), (p, q) = input_size, padding
    return padded[:, :, p : p + h, q : q + w]


def _apart(kernel, stride):
    """Tell whether no two windows see the same pixel, so that a gradient can be written instead of added."""
    return stride[0] >= kernel[0] and stride[1] >= kernel[1]


def _steps(kernel, stride, size):
    """Return, for each kernel row, which rows of the image it sees, and for each kernel column which columns.

    The sum over a window is that over its columns of the sums over its rows: kh + kw additions, and not kh * kw.
    """
    return [
        [slice(u, u + step * (count - 1) + 1, step) for u in range(length)]
        for length, step, count in zip(kernel, stride, size, strict=True)
    ]


def _largest(x, kernel, stride, padding, size):
    """Yield, for each kernel position, in which windows the largest pixel is there: the first among equals."""
    if padding != (0, 0) and x.dtype.kind == "f":
        x = np.maximum(x, np.finfo(x.dtype).min)  # so that even a pixel of -inf wins over the padding
    # Copied, because neighbours in a view are `stride` apart and each is read twice.
    views = [seen.copy() for seen in _views(pad_image(x, padding, -np.inf), kernel, stride, size)]
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


def max_pool2d(x, kernel_size, stride, padding):
    """y[n,c,i,j] = the largest x[n,c,row,col] that the window at (i, j) sees (padding never wins)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    y = np.empty((*x.shape[:2], *size), x.dtype)

    def forward(s):
        views = _views(pad_image(x[s], padding, -np.inf), kernel_size, stride, size)
        best = y[s]
        best[...] = next(views)
        for seen in views:
            np.maximum(best, seen, out=best)

    if y.size:
        run(forward, _cut(x))
    return y


def max_pool2d_gather(u, x, kernel_size, stride, padding):
    """y[n,c,i,j] = u at the position where x has the largest pixel of the window at (i, j)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    y = np.zeros((*x.shape[:2], *size), u.dtype)

    def gather(s):
        read = y[s]
        seen_u = _views(pad_image(u[s], padding), kernel_size, stride, size)
        for seen, here in zip(seen_u, _largest(x[s], kernel_size, stride, padding, size), strict=True):
            read += gate(seen, here)

    if y.size:
        run(gather, _cut(x))
    return y


def max_pool2d_scatter(g, x, kernel_size, stride, padding):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    size = g.shape[2:]
    dx = _padded_zeros(x.shape, padding, g.dtype)
    apart = _apart(kernel_size, stride)

    def scatter(s):
        seen_dx = _views(dx[s], kernel_size, stride, size)
        for seen, here in zip(seen_dx, _largest(x[s], kernel_size, stride, padding, size), strict=True):
            if apart:
                seen[...] = gate(g[s], here)
            else:
                seen += gate(g[s], here)

    if g.size:
        run(scatter, _cut(x))
    return _crop(dx, x.shape[2:], padding)


def avg_pool2d(x, kernel_size, stride, padding):
    """y[n,c,i,j] = the sum of the pixels that the window at (i, j) sees / (kh * kw)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    y = np.zeros((*x.shape[:2], *size), x.dtype)
    down, across = _steps(kernel_size, stride, size)

    def forward(s):
        seen = pad_image(x[s], padding)
        rows = add([seen[..., columns] for columns in across])
        np.divide(add([rows[..., r, :] for r in down]), kernel_size[0] * kernel_size[1], out=y[s])

    if y.size:
        run(forward, _cut(x))
    return y


def avg_pool2d_dx(g, input_size, kernel_size, stride, padding):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows that see (row, col) / (kh * kw)"""
    dx = _padded_zeros((*g.shape[:2], *input_size), padding, g.dtype)
    down, across = _steps(kernel_size, stride, g.shape[2:])

    def backward(s):
        share = g[s] / (kernel_size[0] * kernel_size[1])
        rows = np.zeros((*share.shape[:2], dx.shape[2], share.shape[3]), g.dtype)
        for r in down:
            rows[..., r, :] += share
        for columns in across:
            dx[s][..., columns] += rows

    if g.size:
        run(backward, _cut(dx))
    return _crop(dx, input_size, padding)
