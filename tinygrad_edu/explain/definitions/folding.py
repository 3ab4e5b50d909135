"""Unfold and fold: which pixel each column's element is, and which columns' elements each pixel."""

from ... import ops
from ...kernels.geometry import output_size as _output_size
from ...kernels.geometry import pair
from ..elements import loops, whole
from .register import defines


def _geometry(kernel_size, dilation, padding, stride):
    return (
        pair(kernel_size, "kernel_size"),
        pair(stride, "stride"),
        pair(padding, "padding", least=0),
        pair(dilation, "dilation"),
    )


@defines(ops.unfold)
def unfold(at, x, *, kernel_size, dilation, padding, stride):
    """y[n, (c,u,v), (i,j)] = x[n,c,row,col]"""
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = geometry = _geometry(kernel_size, dilation, padding, stride)
    _, ow = _output_size(x.shape[-2:], *geometry)
    *n, cuv, ij = at
    cu, v = cuv // kw, cuv % kw
    c, u = cu // kh, cu % kh
    i, j = ij // ow, ij % ow
    yield x[(*n, c, i * sh - ph + u * dh, j * sw - pw + v * dw)]


@defines(ops.fold)
def fold(at, x, *, output_size, kernel_size, dilation, padding, stride):
    """y[n,c,row,col] = sum over u,v of x[n, (c,u,v), (i,j)], where (i, j) sees (row, col) through (u, v)"""
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = geometry = _geometry(kernel_size, dilation, padding, stride)
    oh, ow = _output_size(pair(output_size, "output_size"), *geometry)
    *n, c, row, col = at
    u, v = loops(kh, kw)
    i, j = whole(row + ph - u * dh, sh), whole(col + pw - v * dw, sw)
    seen = (i >= 0) & (i < oh) & (j >= 0) & (j < ow)
    yield x[(*n, (c * kh + u) * kw + v, i * ow + j)].where(seen)
