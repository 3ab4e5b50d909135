"""Pooling: which pixel won its window, and which windows see a pixel."""

from ... import ops
from ...autograd.primitive import primitives
from ...kernels.geometry import Pair, output_size, pair
from ...ops.pooling import divisor
from ..elements import Operand, flat, loops, numbers, whole
from .register import defines


def winners(x, **geometry):
    """Return for each window the number of its largest pixel: the engine gathers it from the pixels' numbers."""
    return ops.max_pool2d_gather(numbers(x.shape).astype(float), x.array, **geometry).astype(int)


@defines(primitives()["max_pool2d"])
def max_pool2d(at, x, **geometry):
    """y[n,c,i,j] = x[n,c,row,col], the largest pixel that the window at (i, j) sees"""
    yield x.numbered(winners(x, **geometry)[at])


@defines(ops.max_pool2d_gather)
def max_pool2d_gather(at, u, x, **geometry):
    """y[n,c,i,j] = u[n,c,row,col], where x has the largest pixel of the window at (i, j)"""
    yield u.numbered(winners(x, **geometry)[at])


@defines(ops.max_pool2d_scatter)
def max_pool2d_scatter(at, g, x, **geometry):
    """y[n,c,row,col] = sum of g[n,c,i,j] over the windows whose largest pixel of x is this one"""
    winner = winners(x, **geometry)
    window = loops(*g.shape)
    yield g[window].where(winner[window] == flat(at, x.shape))


def _geometry(kernel_size, stride, padding) -> tuple[Pair, Pair, Pair]:
    kernel_size = pair(kernel_size, "kernel_size")
    return kernel_size, kernel_size if stride is None else pair(stride, "stride"), pair(padding, "padding", least=0)


def _each(element, counts, window):
    """Return the element divided by what its window's sum is divided by."""
    return element / (counts if isinstance(counts, (int, float)) else Operand(counts)[window])


@defines(ops.avg_pool2d)
def avg_pool2d(at, x, *, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """y[n,c,i,j] = sum over u,v of x[n,c,row,col] / (kh * kw)"""
    (kh, kw), (sh, sw), (ph, pw) = geometry = _geometry(kernel_size, stride, padding)
    size = output_size(x.shape[-2:], *geometry, ceil_mode=ceil_mode)
    counts = divisor(x.shape[-2:], *geometry, size, count_include_pad, divisor_override)
    *n, i, j = at
    u, v = loops(kh, kw)
    yield _each(x[(*n, i * sh - ph + u, j * sw - pw + v)], counts, (i, j))


@defines(ops.avg_pool2d_dx)
def avg_pool2d_dx(at, g, *, input_size, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    """y[n,c,row,col] = sum of g[n,c,i,j] / (kh * kw) over the windows (i, j) that see (row, col)"""
    (kh, kw), (sh, sw), (ph, pw) = geometry = _geometry(kernel_size, stride, padding)
    counts = divisor(pair(input_size, "input_size", 0), *geometry, g.shape[-2:], count_include_pad, divisor_override)
    *n, row, col = at
    u, v = loops(kh, kw)
    i, j = whole(row + ph - u, sh), whole(col + pw - v, sw)
    yield _each(g[(*n, i, j)], counts, (i, j))
