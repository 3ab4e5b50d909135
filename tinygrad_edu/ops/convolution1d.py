"""Convolution of signals: that of images one pixel high."""

from __future__ import annotations

import operator

import numpy as np

from .composite import composite
from .convolution import check_channels, conv2d, paddings
from .shape import expand_dims, squeeze


@composite
def conv1d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Return y[n,o,i] = bias[o] + sum over c,u of x[n, c, i*stride - padding + u*dilation] * weight[o,c,u]

    A signal is an image one pixel high: this is conv2d of (n, c, 1, l) with kernels (o, c / groups, 1, k).

    Args:
        x: signals (n, c, l), or one of them (c, l).
        weight: kernels (o, c / groups, k).
        bias: None, or one number for each output channel (o,).
        stride: how far the window moves.
        padding: zeros before and after the signal; or a pair, where the two differ; or "same", as many as keep its
            length where the stride is 1; or "valid", none.
        dilation: the distance between the elements that neighbouring kernel elements see.
        groups: the channels are split into this many groups that do not see each other.

    Returns: y (n, o, ol), or (o, ol); ol = floor((l + 2 padding - dilation (k - 1) - 1) / stride) + 1.

    Raises:
        ValueError: shapes that do not fit, or a kernel longer than the padded signal.

    >>> import tinygrad_edu as tge
    >>> tge.conv1d(tge.arange(5.0).reshape(1, 1, 5), tge.tensor([[[-1.0, 1.0]]])).data
    array([[[1., 1., 1., 1.]]], dtype=float32)
    """
    x, weight = (v if hasattr(v, "ndim") else np.asarray(v) for v in (x, weight))
    check_channels("conv1d", 1, x, weight, bias, groups)
    if x.ndim == 2:
        return squeeze(conv1d(expand_dims(x, 0), weight, bias, stride, padding, dilation, groups), 0)
    stride, dilation = _one("stride", stride), _one("dilation", dilation)
    y = conv2d(
        expand_dims(x, 2),
        expand_dims(weight, 2),
        bias,
        (1, stride),
        _two_axes(padding, stride, dilation, x, weight),
        (1, dilation),
        groups,
    )
    return squeeze(y, 2)


def _one(name, value):
    """Return the one integer that `value` is, or holds."""
    value = value[0] if np.shape(value) == (1,) else value
    try:
        found = operator.index(value)
    except TypeError:
        found = 0
    if found < 1:
        raise ValueError(f"conv1d: {name} must be an integer of at least 1, not {value!r}")
    return found


def _two_axes(padding, stride, dilation, x, weight):
    """Return the padding as conv2d takes it, none above and below.  Raises where the kernel would not fit."""
    if not isinstance(padding, str):
        sides = tuple(padding) if np.iterable(padding) else (padding,)
        padding = paddings(((0, 0), sides * 2 if len(sides) == 1 else sides), "conv1d: padding")
    elif padding == "same" and stride != 1:
        raise ValueError(
            f'conv1d: padding="same" keeps the length of a signal, which needs a stride of 1, not {stride}'
        )
    length, needed = x.shape[2], dilation * (weight.shape[2] - 1) + 1
    if not isinstance(padding, str):
        length += padding[1] * 2 if isinstance(padding[1], int) else sum(padding[1])
    if padding != "same" and not 0 < needed <= length:
        raise ValueError(
            f"conv1d: a kernel of {weight.shape[2]} with dilation {dilation} does not fit into signals of {length}, "
            "the padding included"
        )
    return padding
