"""Wrong rules of pooling."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import avg_pool2d_dx, max_pool2d_scatter
from tinygrad_edu.kernels.geometry import pair


def _windows(g, x, kernel_size, stride, padding):
    kernel = pair(kernel_size, "kernel_size")
    stride = kernel if stride is None else pair(stride, "stride")
    p, q = pair(padding, "padding", least=0)
    for i in range(g.shape[2]):
        for j in range(g.shape[3]):
            top, left = i * stride[0] - p, j * stride[1] - q
            rows = slice(max(top, 0), min(top + kernel[0], x.shape[2]))
            columns = slice(max(left, 0), min(left + kernel[1], x.shape[3]))
            yield i, j, (slice(None), slice(None), rows, columns)


@wrong(tge.max_pool2d, "x", "wrong side")
def max_pool_to_smallest(g, y, x, *, kernel_size, stride, padding):
    return max_pool2d_scatter(g, -x, kernel_size, stride, padding)


@wrong(tge.max_pool2d, "x", "overwritten")
def max_pool_overwrites(g, y, x, *, kernel_size, stride, padding):
    dx = np.zeros(x.shape, g.dtype)
    for i, j, window in _windows(g, x, kernel_size, stride, padding):
        largest = x[window] == y[:, :, i : i + 1, j : j + 1]
        dx[window] = np.where(largest, g[:, :, i : i + 1, j : j + 1], dx[window])
    return dx


@wrong(tge.max_pool2d, "x", "mask")
def max_pool_to_all(g, y, x, *, kernel_size, stride, padding):
    kernel = pair(kernel_size, "kernel_size")
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding) * (kernel[0] * kernel[1])


@wrong(tge.max_pool2d, "x", "mask from upstream")
def max_pool_mask_of_g(g, y, x, *, kernel_size, stride, padding):
    return max_pool2d_scatter(g * (g > 0), x, kernel_size, stride, padding)


@wrong(tge.max_pool2d, "x", "no upstream")
def max_pool_forgets_g(g, y, x, *, kernel_size, stride, padding):
    return max_pool2d_scatter(g * 0.0 + 1.0, x, kernel_size, stride, padding)


@wrong(tge.max_pool2d, "x", "parameter ignored")
def max_pool_ignores_stride(g, y, x, *, kernel_size, stride, padding):
    size = tuple(slice(0, n) for n in g.shape)
    full = tge.max_pool2d_scatter.forward
    padded = np.zeros(_size(x, kernel_size, padding), g.dtype)
    fits = tuple(slice(0, min(a, b)) for a, b in zip(g.shape, padded.shape, strict=True))
    padded[fits] = np.asarray(g)[size][fits]
    return full(padded, x, kernel_size=kernel_size, stride=None, padding=padding)


def _size(x, kernel_size, padding):
    kernel, p = pair(kernel_size, "kernel_size"), pair(padding, "padding", least=0)
    return (*x.shape[:2], *((n + 2 * q - k) // k + 1 for n, q, k in zip(x.shape[2:], p, kernel, strict=True)))


@wrong(tge.avg_pool2d, "x", "factor")
def avg_pool_forgets_to_divide(g, y, x, *, kernel_size, stride, padding):
    kernel = pair(kernel_size, "kernel_size")
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding) * (kernel[0] * kernel[1])


@wrong(tge.avg_pool2d, "x", "factor")
def avg_pool_divides_twice(g, y, x, *, kernel_size, stride, padding):
    kernel = pair(kernel_size, "kernel_size")
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding) / (kernel[0] * kernel[1])


@wrong(tge.avg_pool2d, "x", "sign")
def avg_pool_with_minus(g, y, x, *, kernel_size, stride, padding):
    return -avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding)


@wrong(tge.avg_pool2d, "x", "overwritten")
def avg_pool_overwrites(g, y, x, *, kernel_size, stride, padding):
    kernel = pair(kernel_size, "kernel_size")
    dx = np.zeros(x.shape, g.dtype)
    for i, j, window in _windows(g, x, kernel_size, stride, padding):
        dx[window] = g[:, :, i : i + 1, j : j + 1] / (kernel[0] * kernel[1])
    return dx


@wrong(tge.avg_pool2d, "x", "shape")
def avg_pool_gives_g(g, y, x, *, kernel_size, stride, padding):
    return g
