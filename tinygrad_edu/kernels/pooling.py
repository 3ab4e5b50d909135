"""Pooling, one kernel position at a time over all windows at once: the fast twins of the loops in `loops.py`."""

from __future__ import annotations

from itertools import product

import numpy as np

from .geometry import output_size, pad_image, seen_through


def _views(x, kernel, stride, size):
    """Yield, for each kernel position (u, v) in order, the view of the pixels all windows see through it."""
    for u, v in product(range(kernel[0]), range(kernel[1])):
        yield x[seen_through(u, v, stride, (1, 1), size)]


def _crop(padded, input_size, padding):
    (h, w), (p, q) = input_size, padding
    return padded[:, :, p : p + h, q : q + w]


def _winners(x, kernel, stride, padding, size):
    """Return which kernel position, numbered row by row, holds each window's largest pixel: the first among equals."""
    if padding != (0, 0) and x.dtype.kind == "f":
        x = np.maximum(x, np.finfo(x.dtype).min)  # so that even a pixel of -inf wins over the padding
    x = pad_image(x, padding, -np.inf)
    views = _views(x, kernel, stride, size)
    best = next(views).copy()
    winner = np.zeros(best.shape, np.min_scalar_type(kernel[0] * kernel[1]))
    for k, seen in enumerate(views, 1):
        larger = ~(seen <= best) & (
            best == best
        )  # a NaN wins over every number, the first NaN over the others
        winner[larger] = k
        np.copyto(best, seen, where=larger)
    return winner


def max_pool2d(x, kernel_size, stride, padding):
    """y[n,c,i,j] = the largest x[n,c,row,col] that the window at (i, j) sees (padding never wins)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    if 0 in size:
        return np.empty((*x.shape[:2], *size), x.dtype)
    views = _views(pad_image(x, padding, -np.inf), kernel_size, stride, size)
    y = next(views).copy()
    for seen in views:
        np.maximum(y, seen, out=y)
    return y


def max_pool2d_gather(u, x, kernel_size, stride, padding):
    """y[n,c,i,j] = u at the position where x has the largest pixel of the window at (i, j)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    y = np.zeros((*x.shape[:2], *size), u.dtype)
    if 0 not in size:
        winner = _winners(x, kernel_size, stride, padding, size)
        for k, seen in enumerate(_views(pad_image(u, padding), kernel_size, stride, size)):
            np.copyto(y, seen, where=winner == k)
    return y


def max_pool2d_scatter(g, x, kernel_size, stride, padding):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    dx = pad_image(np.zeros(x.shape, g.dtype), padding)
    if g.size:
        winner = _winners(x, kernel_size, stride, padding, g.shape[2:])
        for k, seen in enumerate(_views(dx, kernel_size, stride, g.shape[2:])):
            np.add(seen, g, out=seen, where=winner == k)
    return _crop(dx, x.shape[2:], padding)


def avg_pool2d(x, kernel_size, stride, padding):
    """y[n,c,i,j] = the sum of the pixels that the window at (i, j) sees / (kh * kw)"""
    size = output_size(x.shape[2:], kernel_size, stride, padding)
    y = np.zeros((*x.shape[:2], *size), x.dtype)
    if 0 not in size:
        for seen in _views(pad_image(x, padding), kernel_size, stride, size):
            y += seen
    y /= kernel_size[0] * kernel_size[1]
    return y


def avg_pool2d_dx(g, input_size, kernel_size, stride, padding):
    """dx[n,c,row,col] = sum of g[n,c,i,j] over the windows that see (row, col) / (kh * kw)"""
    (h, w), (p, q) = input_size, padding
    dx = np.zeros((*g.shape[:2], h + 2 * p, w + 2 * q), g.dtype)
    if g.size:
        share = g / (kernel_size[0] * kernel_size[1])
        for seen in _views(dx, kernel_size, stride, g.shape[2:]):
            seen += share
    return _crop(dx, input_size, padding)
