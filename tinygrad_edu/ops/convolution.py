"""Convolution and its two derivatives, which are each other's rules.

Everything here comes from one number that is linear in each of three arrays:

    T(x, weight, g) = sum over n,o,i,j of g[n,o,i,j] * conv2d(x, weight)[n,o,i,j]

If g = dL/dy, then T is what L gains, to first order, from x and weight; its derivative by each array is therefore
what the chain rule asks for, and there are only these three:

    dT/dg = conv2d(x, weight)          dT/dx = conv2d_dx(g, weight)          dT/dweight = conv2d_dw(x, g)

Differentiate any of them again and you are back among the three. So convolution has derivatives of every order.

As in most of this field, "convolution" does not flip the kernel (it is cross-correlation): y looks at x through the
kernel as it is. The weight's gradient has no flip either. The image's gradient is the full correlation of g with the
kernel turned by 180 degrees: a pixel at (row, col) was seen through (u, v) by the output at (row - u, col - v).

Shapes: x (n, c, h, w), weight (o, c / groups, kh, kw), bias (o), y and g (n, o, oh, ow). The loops that define all
three are in `kernels/loops.py`.
"""

from __future__ import annotations

import operator
from functools import lru_cache

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from ..kernels.geometry import output_size, pair
from .reduction import total


@lru_cache(typed=True)
def _pairs(stride, padding, dilation):
    return pair(stride, "stride"), paddings(padding), pair(dilation, "dilation")


def _geometry(stride, padding, dilation):
    try:
        return _pairs(stride, padding, dilation)
    except TypeError:  # a list cannot be looked up
        return _pairs.__wrapped__(stride, padding, dilation)


def paddings(padding, name="padding"):
    """Return padding as a pair; as ((top, bottom), (left, right)) where sides differ; or as the word "same"."""
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise ValueError(f'{name} is a number, a pair, "same" or "valid", not {padding!r}')
        return (0, 0) if padding == "valid" else padding
    if not (np.iterable(padding) and any(map(np.iterable, padding))):
        return pair(padding, name, least=0)
    (top, bottom), (left, right) = pair_of_pairs = tuple(pair(side, name, least=0) for side in padding)
    return (top, left) if (top, left) == (bottom, right) else pair_of_pairs


def sides(padding, stride, dilation, kernel_size):
    """Return padding, as `paddings` gives it, as ((top, bottom), (left, right))."""
    if padding != "same":
        return tuple((p, p) if type(p) is int else p for p in padding)
    if stride != (1, 1):
        raise ValueError(f'padding="same" keeps the size of an image, which needs a stride of 1, not {stride}')
    totals = [d * (k - 1) for d, k in zip(dilation, kernel_size, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def split(padding, stride, dilation, kernel_size):
    """Return the padding that opposite sides have in common, and what one of them has more of."""
    both = sides(padding, stride, dilation, kernel_size)
    common = tuple(min(side) for side in both)
    return common, tuple((a - p, b - p) for (a, b), p in zip(both, common, strict=True))


def _even(x, padding, stride, dilation, kernel_size):
    """Return x with the zeros around it that only one side has, and the padding that is left to do."""
    common, (down, across) = split(padding, stride, dilation, kernel_size)
    return np.pad(x, ((0, 0), (0, 0), down, across)), common


@primitive
def conv2d(x, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """y[n,o,i,j] = bias[o] + sum over c,u,v of x[n, c, i*stride - padding + u*dilation, ...] * weight[o,c,u,v]

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        weight: kernels (o, c / groups, kh, kw).
        bias: None, or one number for each output channel (o,).
        stride: how far the window moves; an integer or a pair (vertical, horizontal), as are the next two.
        padding: rows and columns of zeros around the image, as many on either side; or ((top, bottom), (left, right));
            or "same", as many as keep its size where the stride is 1 (an odd one is below and to the right); or
            "valid", none.
        dilation: the distance between the pixels that neighbouring kernel elements see.
        groups: the channels are split into this many groups that do not see each other.

    Returns: y (n, o, oh, ow), or (o, oh, ow); oh = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1, and ow
        likewise.

    Raises:
        ValueError: shapes that do not fit, or a kernel larger than the padded image.

    >>> import tinygrad_edu as tge
    >>> tge.conv2d(tge.ones(1, 1, 28, 28), tge.ones(8, 1, 3, 3)).shape
    (1, 8, 26, 26)
    """
    stride, padding, dilation = _geometry(stride, padding, dilation)
    check_channels("conv2d", 2, x, weight, bias, groups)
    if x.ndim == 3:
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        return conv2d.forward(x[None], weight, bias, **settings)[0]
    if type(padding[0]) is not int:
        x, padding = _even(x, padding, stride, dilation, weight.shape[2:])
    check_fit("conv2d", x.shape[2:], weight.shape[2:], stride, padding, dilation)
    return active.kernels.conv2d(x, weight, bias, stride, padding, dilation, operator.index(groups))


@conv2d.backward("x")
def conv2d_dx_rule(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    """dL/dx = conv2d_dx(g, weight): g correlated with the kernel turned by 180 degrees

    dL/dx[n,c,row,col] = sum over o,i,j of g[n,o,i,j] * dy[n,o,i,j]/dx[n,c,row,col], and that last factor is
    weight[o,c,u,v] if y[n,o,i,j] sees (row, col) through (u, v), else 0. Where stride is 1: row = i - padding + u, so
    i = row + padding - u, a correlation that reads g backwards. conv2d_dx is the adjoint of x -> conv2d(x, weight):
    <g, conv2d(x, weight)> = <conv2d_dx(g, weight), x>.
    """
    return conv2d_dx(g, weight, x.shape[-2:], stride, padding, dilation, groups)


@conv2d.backward("weight")
def conv2d_dw_rule(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    """dL/dweight = conv2d_dw(x, g): x correlated with g

    weight[o,c,u,v] is a factor of every y[n,o,i,j], each time beside the pixel x[n,c,row,col] seen through (u, v) from
    (i, j): dy[n,o,i,j]/dweight[o,c,u,v] = x[n,c,row,col]. Times g[n,o,i,j] and summed over n,i,j that is conv2d_dw.
    """
    return conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups)


@conv2d.backward("bias")
def conv2d_db_rule(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    """dL/dbias[o] = sum over n,i,j of g[n,o,i,j]: the bias was added at every position of every image

    dy[n,o,i,j]/dbias[o] = 1 for every n, i and j.
    """
    return total(g, (0, 2, 3) if len(g.shape) == 4 else (1, 2))


@primitive
def conv2d_dx(g, weight, *, input_size, stride=1, padding=0, dilation=1, groups=1):
    """y[n,c,row,col] = sum of g[n,o,i,j] * weight[o,c,u,v] over all o,i,j,u,v that see (row, col)

    `input_size` is the image's (h, w): a stride that does not tile the image leaves it open. PyTorch has this
    operation under the name `conv_transpose2d`.
    """
    if g.ndim == 3:
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        return conv2d_dx.forward(g[None], weight, input_size=input_size, **settings)[0]
    stride, padding, dilation = _geometry(stride, padding, dilation)
    input_size, kernel_size = pair(input_size, "input_size", least=0), weight.shape[2:]
    if type(padding[0]) is not int:
        common, ((top, bottom), (left, right)) = split(padding, stride, dilation, kernel_size)
        (h, w), within = input_size, (..., slice(top, top + input_size[0]), slice(left, left + input_size[1]))
        larger = h + top + bottom, w + left + right
        return conv2d_dx.forward(
            g, weight, input_size=larger, stride=stride, padding=common, dilation=dilation, groups=groups
        )[within]
    _check_upstream("conv2d_dx", g, (g.shape[0], weight.shape[0]), input_size, kernel_size, stride, padding, dilation)
    return active.kernels.conv2d_dx(g, weight, input_size, stride, padding, dilation, operator.index(groups))


@conv2d_dx.backward("g")
def conv2d_dx_dg(u, y, g, weight, *, input_size, stride, padding, dilation, groups):
    """dL/dg = conv2d(u, weight)

    y is linear in g, y = A g, so its rule is the adjoint A^T. A itself is the adjoint of x -> conv2d(x, weight), and
    the adjoint of an adjoint is where one began.
    """
    return conv2d(u, weight, None, stride, padding, dilation, groups)


@conv2d_dx.backward("weight")
def conv2d_dx_dw(u, y, g, weight, *, input_size, stride, padding, dilation, groups):
    """dL/dweight = conv2d_dw(u, g)

    <u, conv2d_dx(g, weight)> = <conv2d(u, weight), g> is T(u, weight, g), with u in the image's place; its derivative
    by weight is conv2d_dw(u, g).
    """
    return conv2d_dw(u, g, weight.shape[2:], stride, padding, dilation, groups)


@primitive
def conv2d_dw(x, g, *, kernel_size, stride=1, padding=0, dilation=1, groups=1):
    """y[o,c,u,v] = sum over n,i,j of g[n,o,i,j] * x[n, c, i*stride - padding + u*dilation, ...]"""
    if x.ndim == g.ndim == 3:
        x, g = x[None], g[None]
    stride, padding, dilation = _geometry(stride, padding, dilation)
    kernel_size = pair(kernel_size, "kernel_size")
    if type(padding[0]) is not int:
        x, padding = _even(x, padding, stride, dilation, kernel_size)
    _check_upstream("conv2d_dw", g, (x.shape[0], g.shape[1]), x.shape[2:], kernel_size, stride, padding, dilation)
    return active.kernels.conv2d_dw(x, g, kernel_size, stride, padding, dilation, operator.index(groups))


@conv2d_dw.backward("x")
def conv2d_dw_dx(v, y, x, g, *, kernel_size, stride, padding, dilation, groups):
    """dL/dx = conv2d_dx(g, v)

    <v, conv2d_dw(x, g)> = T(x, v, g), with v in the weight's place; its derivative by x is conv2d_dx(g, v).
    """
    return conv2d_dx(g, v, x.shape[-2:], stride, padding, dilation, groups)


@conv2d_dw.backward("g")
def conv2d_dw_dg(v, y, x, g, *, kernel_size, stride, padding, dilation, groups):
    """dL/dg = conv2d(x, v)

    <v, conv2d_dw(x, g)> = T(x, v, g); its derivative by g is conv2d(x, v).
    """
    return conv2d(x, v, None, stride, padding, dilation, groups)


def _check_upstream(op, g, planes, input_size, kernel_size, stride, padding, dilation):
    expected = (*planes, *output_size(input_size, kernel_size, stride, padding, dilation))
    if g.shape != expected:
        raise ValueError(f"{op}: images of {tuple(input_size)} need a g of shape {expected}, not {g.shape}")


def check_channels(op, axes, x, weight, bias, groups):
    """Raise at the user's call where shapes do not fit, naming them and what would; `axes` is 2 for images."""
    if getattr(x, "ndim", 0) not in (axes + 2, axes + 1) or getattr(weight, "ndim", 0) != axes + 2:
        images = "images (n, c, h, w), or one of them," if axes == 2 else "signals (n, c, l), or one of them,"
        window = "kh, kw" if axes == 2 else "k"
        raise ValueError(
            f"{op} needs {images} and weight (o, c / groups, {window}), not shapes {np.shape(x)} and {np.shape(weight)}"
        )
    c, o, c_per_group = x.shape[-axes - 1], weight.shape[0], weight.shape[1]
    if type(groups) is not int or groups < 1 or c % groups or o % groups:
        check_groups(op, groups, c, o)
    if c != c_per_group * groups:
        kind = "images" if axes == 2 else "signals"
        raise ValueError(
            f"{op}: {kind} of shape {x.shape} have {c} channels, but the weight of shape {weight.shape} "
            f"with groups={groups} fits {c_per_group * groups}"
        )
    if bias is not None:
        check_bias(op, bias, o)


def check_groups(op, groups, c, o):
    """Raise unless the channels can be split into so many groups."""
    if type(groups) is not int and not hasattr(groups, "__index__"):
        raise TypeError(f"{op}: groups is an integer, not {groups!r}")
    if groups < 1 or c % groups or o % groups:
        raise ValueError(f"{op}: groups={groups} must divide the channels, {c} in and {o} out")


def check_bias(op, bias, o):
    """Raise unless there is one number for each output channel, or None."""
    if bias is not None and getattr(bias, "shape", ()) != (o,):
        raise ValueError(f"{op}: the bias has shape {np.shape(bias)}; {o} output channels need ({o},)")


def check_fit(op, size, kernel_size, stride, padding, dilation):
    """Raise unless the kernel fits into the padded image."""
    if 0 in kernel_size or 0 in output_size(size, kernel_size, stride, padding, dilation):
        (h, w), (kh, kw) = size, kernel_size
        raise ValueError(
            f"{op}: a kernel of {kh}x{kw} with dilation {dilation} does not fit into images of {h}x{w} "
            f"with padding {padding}"
        )
