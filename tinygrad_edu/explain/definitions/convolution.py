"""conv2d and its two derivatives: the three loops of `kernels/loops.py`, with their elements named.

The output position (i, j) sees through the kernel position (u, v) the pixel at

    row = i * stride - padding + u * dilation        (and likewise the column)

and what lies outside the image names nothing. The second derivative asks the other way round: i is the position
that sees this row, if there is one.
"""

from ... import ops
from ...kernels.geometry import pair
from ...ops.convolution import paddings, split
from ..elements import loops, whole
from .register import defines


def _pairs(stride, padding, dilation, kernel_size):
    """Return stride, the padding above and to the left, and dilation."""
    stride, padding, dilation = pair(stride, "stride"), paddings(padding), pair(dilation, "dilation")
    if type(padding[0]) is not int:
        common, more = split(padding, stride, dilation, kernel_size)
        padding = tuple(p + before for p, (before, _) in zip(common, more, strict=True))
    return stride, padding, dilation


@defines(ops.conv2d)
def conv2d(at, x, weight, bias, *, stride, padding, dilation, groups):
    """y[n,o,i,j] = bias[o] + sum over c,u,v of weight[o,c,u,v] * x[n, group's c, row, col]"""
    (sh, sw), (ph, pw), (dh, dw) = _pairs(stride, padding, dilation, weight.shape[2:])
    o_total, c_per_group, kh, kw = weight.shape
    *n, o, i, j = at  # of one image there is no n
    c, u, v = loops(c_per_group, kh, kw)
    first = o // (o_total // groups) * c_per_group  # the first channel of o's group
    yield weight[o, c, u, v] * x[(*n, first + c, i * sh - ph + u * dh, j * sw - pw + v * dw)]
    if bias.value is not None:
        yield bias[(o,)]


@defines(ops.conv2d_dw)
def conv2d_dw(at, x, g, *, kernel_size, stride, padding, dilation, groups):
    """y[o,c,u,v] = sum over n,i,j of g[n,o,i,j] * x[n, group's c, row, col]"""
    (sh, sw), (ph, pw), (dh, dw) = _pairs(stride, padding, dilation, pair(kernel_size, "kernel_size"))
    *n_total, o_total, oh, ow = g.shape
    o, c, u, v = at
    *n, i, j = loops(*n_total, oh, ow)
    first = o // (o_total // groups) * (x.shape[-3] // groups)
    yield g[(*n, o, i, j)] * x[(*n, first + c, i * sh - ph + u * dh, j * sw - pw + v * dw)]


@defines(ops.conv2d_dx)
def conv2d_dx(at, g, weight, *, input_size, stride, padding, dilation, groups):
    """y[n,c,row,col] = sum over o,u,v of g[n,o,i,j] * weight[o,c,u,v], where (i, j) sees (row, col) through (u, v)"""
    (sh, sw), (ph, pw), (dh, dw) = _pairs(stride, padding, dilation, weight.shape[2:])
    o_total, c_per_group, kh, kw = weight.shape
    *n, c, row, col = at
    o_per_group = o_total // groups
    o, u, v = loops(o_per_group, kh, kw)
    o = c // c_per_group * o_per_group + o
    seen = g[(*n, o, whole(row + ph - u * dh, sh), whole(col + pw - v * dw, sw))]
    yield seen * weight[o, c % c_per_group, u, v]
