"""Pooling: which pixel won its window, and which windows see a pixel."""

from ... import ops
from ...kernels.geometry import pair
from ..elements import flat, loops, numbers, whole
from .register import defines


def winners(x, kernel_size, stride, padding):
    """Return for each window the number of its largest pixel: the engine gathers it from the pixels' numbers."""
    return ops.max_pool2d_gather(numbers(x.shape).astype(float), x.array, kernel_size, stride, padding).astype(int)


@defines(ops.max_pool2d)
def max_pool2d(at, x, *, kernel_size, stride, padding):
    """y[n,c,i,j] = x[n,c,row,col], the largest pixel that the window at (i, j) sees"""
    yield x.numbered(winners(x, kernel_size, stride, padding)[at])


@defines(ops.max_pool2d_gather)
def max_pool2d_gather(at, u, x, *, kernel_size, stride, padding):
    """y[n,c,i,j] = u[n,c,row,col], where x has the largest pixel of the window at (i, j)"""
    yield u.numbered(winners(x, kernel_size, stride, padding)[at])


@defines(ops.max_pool2d_scatter)
def max_pool2d_scatter(at, g, x, *, kernel_size, stride, padding):
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is this one"""
    winner = winners(x, kernel_size, stride, padding)
    window = loops(*g.shape)
    yield g[window].where(winner[window] == flat(at, x.shape))


def _geometry(kernel_size, stride, padding):
    kernel_size = pair(kernel_size, "kernel_size")
    return kernel_size, kernel_size if stride is None else pair(stride, "stride"), pair(padding, "padding", least=0)


@defines(ops.avg_pool2d)
def avg_pool2d(at, x, *, kernel_size, stride, padding):
    """y[n,c,i,j] = sum over u,v of x[n,c,row,col] / (kh * kw)"""
    (kh, kw), (sh, sw), (ph, pw) = _geometry(kernel_size, stride, padding)
    n, c, i, j = at
    u, v = loops(kh, kw)
    yield x[n, c, i * sh - ph + u, j * sw - pw + v] / (kh * kw)


@defines(ops.avg_pool2d_dx)
def avg_pool2d_dx(at, g, *, input_size, kernel_size, stride, padding):
    """y[n,c,row,col] = sum of g[n,c,i,j] / (kh * kw) over the windows (i, j) that see (row, col)"""
    (kh, kw), (sh, sw), (ph, pw) = _geometry(kernel_size, stride, padding)
    n, c, row, col = at
    u, v = loops(kh, kw)
    yield g[n, c, whole(row + ph - u, sh), whole(col + pw - v, sw)] / (kh * kw)
