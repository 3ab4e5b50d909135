"""Max- and average-pooling: each window of an image becomes one pixel.

Max-pooling selects. Seen as two steps, "where is the largest pixel of each window of x" and "read those positions",
only the second moves values, and it is linear. So its derivative writes g to the same positions (scatter), and the
derivative of that reads them again (gather); x only says where.

Shapes: x (n, c, h, w), y and g (n, c, oh, ow).
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from ..kernels.geometry import output_size, pair


def _geometry(kernel_size, stride, padding):
    kernel_size = pair(kernel_size, "kernel_size")
    return (
        kernel_size,
        kernel_size if stride is None else pair(stride, "stride"),
        pair(padding, "padding", least=0),
    )


def _check(op, x, kernel_size, stride, padding):
    if np.ndim(x) != 4:
        raise ValueError(f"{op} needs images (n, c, h, w), not shape {np.shape(x)}")
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise ValueError(f"{op}: padding {padding} is more than half of the window {kernel_size}")
    if min(output_size(x.shape[2:], kernel_size, stride, padding)) < 1:
        raise ValueError(f"{op}: a window of {kernel_size} does not fit into images of {x.shape[2:]}")


def _check_upstream(op, g, planes, input_size, kernel_size, stride, padding):
    expected = (*planes, *output_size(input_size, kernel_size, stride, padding))
    if g.shape != expected:
        raise ValueError(f"{op}: images of {tuple(input_size)} need a g of shape {expected}, not {g.shape}")


@primitive
def max_pool2d(x, *, kernel_size, stride=None, padding=0):
    """y[n,c,i,j] = the largest x[n,c,row,col] in the window at (i, j)

    The windows are `stride` apart (None: as far as they are large). Padding never wins.

    >>> import tinygrad_edu as tge
    >>> tge.max_pool2d(tge.arange(16).astype("float32").reshape(1, 1, 4, 4), 2).data
    array([[[[ 5.,  7.], [13., 15.]]]], dtype=float32)
    """
    kernel_size, stride, padding = _geometry(kernel_size, stride, padding)
    _check("max_pool2d", x, kernel_size, stride, padding)
    return active.kernels.max_pool2d(x, kernel_size, stride, padding)


@max_pool2d.backward("x")
def max_pool2d_dx(g, y, x, *, kernel_size, stride, padding):
    """dL/dx = g at the position of each window's largest pixel (the first among equals), 0 elsewhere

    y[n,c,i,j] is one pixel of its window, so its slope is 1 for that pixel and 0 for the others: a small change of them
    does not change which is the largest. A pixel that wins several windows receives the sum of their g.
    """
    return max_pool2d_scatter(g, x, kernel_size, stride, padding)


@primitive
def max_pool2d_scatter(g, x, *, kernel_size, stride=None, padding=0):
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is at (row, col)"""
    geometry = _geometry(kernel_size, stride, padding)
    _check_upstream("max_pool2d_scatter", g, x.shape[:2], x.shape[2:], *geometry)
    return active.kernels.max_pool2d_scatter(g, x, *geometry)


@max_pool2d_scatter.backward("g")
def max_pool2d_scatter_dg(u, y, g, x, *, kernel_size, stride, padding):
    """dL/dg = u read where x has each window's largest pixel

    y = S g, where S (from x alone) writes; its adjoint S^T reads at the same places: <u, S g> = <S^T u, g>.
    """
    return max_pool2d_gather(u, x, kernel_size, stride, padding)


max_pool2d_scatter.zero_gradient("x")


@primitive
def max_pool2d_gather(u, x, *, kernel_size, stride=None, padding=0):
    """y[n,c,i,j] = u[n,c,row,col], where (row, col) is the largest pixel of x in the window at (i, j)"""
    if u.shape != x.shape:
        raise ValueError(f"max_pool2d_gather: u and x need the same shape, not {u.shape} and {x.shape}")
    return active.kernels.max_pool2d_gather(u, x, *_geometry(kernel_size, stride, padding))


@max_pool2d_gather.backward("u")
def max_pool2d_gather_du(g, y, u, x, *, kernel_size, stride, padding):
    """dL/du = g written where x has each window's largest pixel

    y = S^T u reads; the adjoint of reading is writing, S g.
    """
    return max_pool2d_scatter(g, x, kernel_size, stride, padding)


max_pool2d_gather.zero_gradient("x")


@primitive
def avg_pool2d(x, *, kernel_size, stride=None, padding=0):
    """y[n,c,i,j] = the sum of x[n,c,row,col] in the window at (i, j) / (kh * kw)

    Padding counts as zeros, as in PyTorch.
    """
    kernel_size, stride, padding = _geometry(kernel_size, stride, padding)
    _check("avg_pool2d", x, kernel_size, stride, padding)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    return active.kernels.avg_pool2d(x, kernel_size, stride, padding)


@avg_pool2d.backward("x")
def avg_pool2d_dx_rule(g, y, x, *, kernel_size, stride, padding):
    """dL/dx = every g[n,c,i,j] / (kh * kw), added to each pixel of its window

    y[n,c,i,j] is a sum over the window / (kh * kw), so dy[n,c,i,j]/dx[n,c,row,col] = 1 / (kh * kw) for each of its
    pixels.
    """
    return avg_pool2d_dx(g, x.shape[2:], kernel_size, stride, padding)


@primitive
def avg_pool2d_dx(g, *, input_size, kernel_size, stride=None, padding=0):
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows that see (row, col) / (kh * kw)"""
    input_size, geometry = pair(input_size, "input_size", least=0), _geometry(kernel_size, stride, padding)
    _check_upstream("avg_pool2d_dx", g, g.shape[:2], input_size, *geometry)
    return active.kernels.avg_pool2d_dx(g, input_size, *geometry)


@avg_pool2d_dx.backward("g")
def avg_pool2d_dx_dg(u, y, g, *, input_size, kernel_size, stride, padding):
    """dL/dg = avg_pool2d(u)

    y is linear in g and the adjoint of avg_pool2d, so its rule is the adjoint of that: avg_pool2d itself.
    """
    return avg_pool2d(u, kernel_size, stride, padding)
