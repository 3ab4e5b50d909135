"""Max- and average-pooling: each window of an image becomes one pixel.

Max-pooling selects. Seen as two steps, "where is the largest pixel of each window of x" and "read those positions",
only the second moves values, and it is linear. So its derivative writes g to the same positions (scatter), and the
derivative of that reads them again (gather); x only says where.

Shapes: x (n, c, h, w), y and g (n, c, oh, ow); or one image (c, h, w) and y (c, oh, ow).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from ..kernels.geometry import Pair, output_size, pair
from .composite import composite


def _geometry(kernel_size, stride, padding, dilation=1) -> tuple[Pair, Pair, Pair, Pair]:
    kernel_size = pair(kernel_size, "kernel_size")
    return (
        kernel_size,
        kernel_size if stride is None else pair(stride, "stride"),
        pair(padding, "padding", least=0),
        pair(dilation, "dilation"),
    )


def _batch(x):
    """Return images (n, c, h, w): one image (c, h, w) as a batch of one."""
    return x[None] if x.ndim == 3 else x


def _like(y, x):
    """Return y without the batch axis where x has none."""
    return y[0] if x.ndim == 3 else y


def check_images(op, x):
    """Raise unless x is images (n, c, h, w), or one of them."""
    if getattr(x, "ndim", 0) not in (3, 4):
        raise ValueError(f"{op} needs images (n, c, h, w), or one of them (c, h, w), not shape {np.shape(x)}")


@lru_cache(typed=True)
def _known(op, input_size, kernel_size, stride, padding, dilation, ceil_mode):
    """Return the geometry as pairs, and how many windows there are; or raise where they do not fit."""
    geometry = kernel_size, stride, padding, dilation = _geometry(kernel_size, stride, padding, dilation)
    check_padding(op, kernel_size, padding, dilation)
    size = output_size(input_size, kernel_size, stride, padding, dilation, ceil_mode)
    if min(size) < 1:
        raise ValueError(f"{op}: a window of {kernel_size} does not fit into images of {input_size}")
    if dilation != (1, 1) and not all(map(_sees_something, size, input_size, kernel_size, stride, padding, dilation)):
        raise ValueError(
            f"{op}: a window of {kernel_size} with dilation {dilation} and padding {padding} would see nothing of "
            f"images of {input_size} but the padding"
        )
    return geometry, size


def _plan(op, x, kernel_size, stride, padding, dilation=1, ceil_mode=False):
    """Return the geometry of the windows onto x, and how many there are."""
    check_images(op, x)
    try:
        return _known(op, x.shape[-2:], kernel_size, stride, padding, dilation, ceil_mode)
    except TypeError:  # a list cannot be looked up
        return _known.__wrapped__(op, x.shape[-2:], kernel_size, stride, padding, dilation, ceil_mode)


def check_padding(op, kernel_size, padding, dilation):
    """Raise where a window could lie in the padding alone."""
    if any(2 * p > d * (k - 1) + 1 for p, k, d in zip(padding, kernel_size, dilation, strict=True)):
        raise ValueError(f"{op}: padding {padding} is more than half of the window {kernel_size}")


def _sees_something(count, n, k, s, p, d):
    """Tell for one axis whether every window has a pixel of the image in it."""
    seen = (np.arange(count) * s - p)[:, None] + np.arange(k) * d
    return bool(((seen >= 0) & (seen < n)).any(axis=1).all())


def _check_upstream(op, g, planes, input_size, kernel_size, stride, padding, dilation=(1, 1), ceil_mode=False):
    expected = (*planes, *output_size(input_size, kernel_size, stride, padding, dilation, ceil_mode))
    if g.shape != expected:
        raise ValueError(f"{op}: images of {tuple(input_size)} need a g of shape {expected}, not {g.shape}")


@primitive(name="max_pool2d")
def _max_pool2d(x, *, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """y[n,c,i,j] = the largest x[n,c,row,col] in the window at (i, j)"""
    geometry, size = _plan("max_pool2d", x, kernel_size, stride, padding, dilation, ceil_mode)
    return _like(active.kernels.max_pool2d(_batch(x), *geometry, size), x)


@_max_pool2d.backward("x")
def max_pool2d_dx(g, y, x, *, kernel_size, stride, padding, dilation, ceil_mode):
    """dL/dx = g at the position of each window's largest pixel (the first among equals), 0 elsewhere

    y[n,c,i,j] is one pixel of its window, so its slope is 1 for that pixel and 0 for the others: a small change of them
    does not change which is the largest. A pixel that wins several windows receives the sum of their g.
    """
    return max_pool2d_scatter(g, x, kernel_size, stride, padding, dilation, ceil_mode)


@primitive
def max_pool2d_scatter(g, x, *, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    geometry = _geometry(kernel_size, stride, padding, dilation)
    _check_upstream("max_pool2d_scatter", g, x.shape[:-2], x.shape[-2:], *geometry, ceil_mode)
    return _like(active.kernels.max_pool2d_scatter(_batch(g), _batch(x), *geometry), x)


@max_pool2d_scatter.backward("g")
def max_pool2d_scatter_dg(u, y, g, x, *, kernel_size, stride, padding, dilation, ceil_mode):
    """dL/dg = u read where x has each window's largest pixel

    y = S g, where S (from x alone) writes; its adjoint S^T reads at the same places: <u, S g> = <S^T u, g>.
    """
    return max_pool2d_gather(u, x, kernel_size, stride, padding, dilation, ceil_mode)


max_pool2d_scatter.zero_gradient("x")


@primitive
def max_pool2d_gather(u, x, *, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    """y[n,c,i,j] = u[n,c,row,col], where (row, col) is the largest pixel of x in the window at (i, j)"""
    if u.shape != x.shape:
        raise ValueError(f"max_pool2d_gather: u and x need the same shape, not {u.shape} and {x.shape}")
    geometry, size = _plan("max_pool2d_gather", x, kernel_size, stride, padding, dilation, ceil_mode)
    return _like(active.kernels.max_pool2d_gather(_batch(u), _batch(x), *geometry, size), x)


@max_pool2d_gather.backward("u")
def max_pool2d_gather_du(g, y, u, x, *, kernel_size, stride, padding, dilation, ceil_mode):
    """dL/du = g written where x has each window's largest pixel

    y = S^T u reads; the adjoint of reading is writing, S g.
    """
    return max_pool2d_scatter(g, x, kernel_size, stride, padding, dilation, ceil_mode)


max_pool2d_gather.zero_gradient("x")


@composite
def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """Return y[n,c,i,j] = the largest x[n,c,row,col] in the window at (i, j)

    dL/dx is g at the position of each window's largest pixel, the first among equals, and 0 elsewhere; the rule is
    `tge.primitives()["max_pool2d"].rules["x"]`.

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        kernel_size: the window, an integer or a pair (vertical, horizontal), as are the next three.
        stride: how far the window moves; None: as far as it is large.
        padding: rows and columns around the image, which never win; at most half the window.
        dilation: the distance between neighbouring pixels in a window.
        ceil_mode: whether a last window may reach over the lower and right edge.
        return_indices: whether to return with y where in its channel each of the pixels is: row * w + col, integers.

    Returns: y (n, c, oh, ow), oh = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1 (with `ceil_mode` the
        ceiling), and ow likewise; or (y, indices), of one shape.

    Raises:
        ValueError: x that is no image, or a window that does not fit into it.

    >>> import tinygrad_edu as tge
    >>> x = tge.arange(16).astype("float32").reshape(1, 1, 4, 4)
    >>> tge.max_pool2d(x, 2).data
    array([[[[ 5.,  7.], [13., 15.]]]], dtype=float32)
    >>> tge.max_pool2d(x, 2, return_indices=True)[1].data
    array([[[[ 5,  7], [13, 15]]]])
    """
    y = _max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)
    if not return_indices:
        return y
    return y, max_pool2d_gather(pixel_numbers(x), x, kernel_size, stride, padding, dilation, ceil_mode)


def pixel_numbers(x):
    """Return for each pixel of x its number in its channel, row * w + col."""
    h, w = x.shape[-2:]
    return np.broadcast_to(np.arange(h * w).reshape(h, w), x.shape)


@primitive
def avg_pool2d(x, *, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):  # fmt: skip
    """y[n,c,i,j] = the sum of x[n,c,row,col] in the window at (i, j) / (kh * kw)

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        kernel_size: the window, an integer or a pair (vertical, horizontal), as are the next two.
        stride: how far the window moves; None: as far as it is large.
        padding: rows and columns of zeros around the image; at most half the window.
        ceil_mode: whether a last window may reach over the lower and right edge; what lies beyond the padding there
            is not counted.
        count_include_pad: whether the padding is counted, or only the pixels of the image.
        divisor_override: a number to divide by instead of the count.

    Returns: y (n, c, oh, ow), oh = floor((h + 2 padding - kh) / stride) + 1 (with `ceil_mode` the ceiling).

    Raises:
        ValueError: x that is no image, a window that does not fit into it, or a divisor of 0.

    >>> import tinygrad_edu as tge
    >>> tge.avg_pool2d(tge.arange(16.0).reshape(1, 1, 4, 4), 2).data
    array([[[[ 2.5,  4.5], [10.5, 12.5]]]], dtype=float32)
    """
    windows, size = _plan("avg_pool2d", x, kernel_size, stride, padding, ceil_mode=ceil_mode)
    geometry = windows[:3]
    by = divisor(x.shape[-2:], *geometry, size, count_include_pad, divisor_override)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    return _like(active.kernels.avg_pool2d(_batch(x), *geometry, size, by), x)


@avg_pool2d.backward("x")
def avg_pool2d_dx_rule(g, y, x, *, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """dL/dx = every g[n,c,i,j] / (kh * kw), added to each pixel of its window

    y[n,c,i,j] is a sum over the window / (kh * kw), so dy[n,c,i,j]/dx[n,c,row,col] = 1 / (kh * kw) for each of its
    pixels; or 1 / the number that this window was divided by, where that is another.
    """
    return avg_pool2d_dx(g, x.shape[-2:], kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@primitive
def avg_pool2d_dx(g, *, input_size, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
                  divisor_override=None):  # fmt: skip
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows that see (row, col) / (kh * kw)"""
    input_size, geometry = pair(input_size, "input_size", least=0), _geometry(kernel_size, stride, padding)[:3]
    _check_upstream("avg_pool2d_dx", g, g.shape[:-2], input_size, *geometry, ceil_mode=ceil_mode)
    by = divisor(input_size, *geometry, g.shape[-2:], count_include_pad, divisor_override)
    return _like(active.kernels.avg_pool2d_dx(_batch(g), input_size, *geometry, by), g)


@avg_pool2d_dx.backward("g")
def avg_pool2d_dx_dg(
    u, y, g, *, input_size, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
):
    """dL/dg = avg_pool2d(u)

    y is linear in g and the adjoint of avg_pool2d, so its rule is the adjoint of that: avg_pool2d itself.
    """
    return avg_pool2d(u, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@lru_cache(typed=True)
def divisor(input_size, kernel_size, stride, padding, size, count_include_pad, divisor_override):
    """Return what the sums over the windows are divided by: one number, or one for each window where they differ."""
    if divisor_override is not None:
        if not isinstance(divisor_override, (int, float, np.number)) or not divisor_override:
            raise ValueError(f"avg_pool2d: divisor_override is a number other than 0, not {divisor_override!r}")
        return divisor_override
    reaches = (s * (m - 1) + k for s, m, k in zip(stride, size, kernel_size, strict=True))
    inside = all(r <= n + 2 * p for r, n, p in zip(reaches, input_size, padding, strict=True))
    if inside and (count_include_pad or padding == (0, 0)):
        return kernel_size[0] * kernel_size[1]
    return _counts(input_size, kernel_size, stride, padding, size, count_include_pad)


def _counts(input_size, kernel_size, stride, padding, size, count_include_pad):
    """Return how many pixels each window sees, with the padding or without, as floats (oh, ow)."""
    sides = []
    for n, k, s, p, count in zip(input_size, kernel_size, stride, padding, size, strict=True):
        first = np.arange(count) * s - p
        low, high = (-p, n + p) if count_include_pad else (0, n)
        sides.append(np.minimum(first + k, high) - np.maximum(first, low))
    counts = np.multiply.outer(*sides).astype(np.float32)
    counts.setflags(write=False)
    return counts
