"""Wrong rules of pooling."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import avg_pool2d_dx, max_pool2d_scatter
from tinygrad_edu.kernels.geometry import output_size, pair

max_pool2d = tge.primitives()["max_pool2d"]


def _windows(g, x, kernel_size, stride, padding, dilation=1, **options):
    kernel = pair(kernel_size, "kernel_size")
    stride = kernel if stride is None else pair(stride, "stride")
    geometry = [*zip(kernel, stride, pair(padding, "padding", least=0), pair(dilation, "dilation"), strict=True)]
    for i in range(g.shape[2]):
        for j in range(g.shape[3]):
            rows, columns = (
                [at * s - p + u * d for u in range(k) if 0 <= at * s - p + u * d < n]
                for at, n, (k, s, p, d) in zip((i, j), x.shape[2:], geometry, strict=True)
            )
            yield i, j, (slice(None), slice(None), np.array(rows)[:, None], np.array(columns))


@wrong(max_pool2d, "x", "wrong side")
def max_pool_to_smallest(g, y, x, *, kernel_size, stride, padding, **options):
    return max_pool2d_scatter(g, -x, kernel_size, stride, padding, **options)


@wrong(max_pool2d, "x", "overwritten")
def max_pool_overwrites(g, y, x, *, kernel_size, stride, padding, **options):
    dx = np.zeros(x.shape, g.dtype)
    for i, j, window in _windows(g, x, kernel_size, stride, padding, **options):
        largest = x[window] == y[:, :, i : i + 1, j : j + 1]
        dx[window] = np.where(largest, g[:, :, i : i + 1, j : j + 1], dx[window])
    return dx


@wrong(max_pool2d, "x", "mask")
def max_pool_to_all(g, y, x, *, kernel_size, stride, padding, **options):
    dx = np.zeros(x.shape, g.dtype)
    for i, j, window in _windows(g, x, kernel_size, stride, padding, **options):
        dx[window] += g[:, :, i : i + 1, j : j + 1]
    return dx


@wrong(max_pool2d, "x", "mask from upstream")
def max_pool_mask_of_g(g, y, x, *, kernel_size, stride, padding, **options):
    return max_pool2d_scatter(g * (g > 0), x, kernel_size, stride, padding, **options)


@wrong(max_pool2d, "x", "no upstream")
def max_pool_forgets_g(g, y, x, *, kernel_size, stride, padding, **options):
    return max_pool2d_scatter(g * 0.0 + 1.0, x, kernel_size, stride, padding, **options)


@wrong(max_pool2d, "x", "parameter ignored")
def max_pool_ignores_stride(g, y, x, *, kernel_size, stride, padding, dilation, ceil_mode):
    kernel, p, d = pair(kernel_size, "k"), pair(padding, "p", least=0), pair(dilation, "d")
    size = output_size(x.shape[2:], kernel, kernel, p, d, ceil_mode)
    return max_pool2d_scatter(_fitted(g, (*x.shape[:2], *size)), x, kernel_size, None, padding, dilation, ceil_mode)


@wrong(max_pool2d, "x", "parameter ignored")
def max_pool_ignores_dilation(g, y, x, *, kernel_size, stride, padding, dilation, ceil_mode):
    kernel, p = pair(kernel_size, "k"), pair(padding, "p", least=0)
    size = output_size(x.shape[2:], kernel, kernel if stride is None else pair(stride, "s"), p, (1, 1), ceil_mode)
    return max_pool2d_scatter(_fitted(g, (*x.shape[:2], *size)), x, kernel_size, stride, padding, 1, ceil_mode)


def _fitted(g, shape):
    """Return g cut off, or with zeros added, to a shape."""
    fitted = np.zeros(shape, g.dtype)
    both = tuple(slice(0, min(a, b)) for a, b in zip(g.shape, shape, strict=True))
    fitted[both] = np.asarray(g)[both]
    return fitted


@wrong(tge.avg_pool2d, "x", "factor")
def avg_pool_forgets_to_divide(g, y, x, *, kernel_size, stride, padding, **options):
    kernel = pair(kernel_size, "kernel_size")
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding, **options) * (kernel[0] * kernel[1])


@wrong(tge.avg_pool2d, "x", "factor")
def avg_pool_divides_twice(g, y, x, *, kernel_size, stride, padding, **options):
    kernel = pair(kernel_size, "kernel_size")
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding, **options) / (kernel[0] * kernel[1])


@wrong(tge.avg_pool2d, "x", "sign")
def avg_pool_with_minus(g, y, x, *, kernel_size, stride, padding, **options):
    return -avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding, **options)


@wrong(tge.avg_pool2d, "x", "overwritten")
def avg_pool_overwrites(g, y, x, *, kernel_size, stride, padding, **options):
    alone = np.zeros((1, 1, *g.shape[2:]))
    dx = np.zeros(x.shape, g.dtype)
    for i, j, window in _windows(g, x, kernel_size, stride, padding):
        alone[...], alone[0, 0, i, j] = 0, 1
        share = avg_pool2d_dx(alone, x.shape[2:], kernel_size, stride, padding, **options).max()
        dx[window] = g[:, :, i : i + 1, j : j + 1] * share
    return dx


@wrong(tge.avg_pool2d, "x", "shape")
def avg_pool_gives_g(g, y, x, *, kernel_size, stride, padding, **options):
    return g


@wrong(tge.avg_pool2d, "x", "parameter ignored", "factor", "scale differs")
def avg_pool_counts_the_padding(g, y, x, *, kernel_size, stride, padding, ceil_mode, count_include_pad,
                                divisor_override):  # fmt: skip
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding, ceil_mode, True, divisor_override)
