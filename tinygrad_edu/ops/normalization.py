"""Normalisation: numbers brought to mean 0 and variance 1, over the features of an example or over groups of channels.

`standardize` is what all of it comes to; the others say over which axes, and then scale and shift each feature.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .composite import composite
from .elementwise import sqrt
from .parameters import check_axis
from .reduction import in_float32, mean
from .shape import reshape


@primitive
def standardize(x, *, axis=-1, eps=1e-5):
    """y = (x - mean) / sqrt(var + eps), with x's own mean and variance over `axis`

    The variance is the mean of (x - mean)^2: divided by the count, as in every normalisation.

    Args:
        x: any shape.
        axis: an integer, several, or None for all axes.
        eps: keeps the root from zero.

    >>> import tinygrad_edu as tge
    >>> tge.standardize(tge.tensor([1.0, 3.0, 5.0]), eps=0.0).data.round(4)
    array([-1.2247,  0.    ,  1.2247], dtype=float32)
    """
    check_axis("standardize", axis)
    dtype, x = in_float32(x)
    if not x.size:
        return x.astype(dtype)
    mean_of = active.kernels.mean
    # The mean is taken twice, so that what is rounded in the second is as small as the numbers' spread.
    centred = x - mean_of(x, axis, True)
    centred -= mean_of(centred, axis, True)
    y = centred / np.sqrt(mean_of(centred * centred, axis, True) + eps)
    return y.astype(dtype, copy=False)


@standardize.backward("x")
def standardize_dx(g, y, x, *, axis, eps):
    """dL/dx = (g - mean of g - y * (mean of g * y)) / sqrt(var + eps)

    y_i = c_i / s, where c_i = x_i - mean and s = sqrt(mean of c^2 + eps). dc_i/dx_k = [i = k] - 1/n, and ds/dx_k =
    c_k/(n s), for the c add up to 0; so dy_i/dx_k = ([i = k] - 1/n - y_i y_k / n) / s. Of g, what changes the mean and
    what changes the spread is taken out.
    """
    if not x.size:
        return g
    return (g - mean(g, axis, True) - y * mean(g * y, axis, True)) / deviation(x, axis, eps)


def deviation(x, axis, eps):
    """Return sqrt(var + eps) of x over the axis, with the axis kept."""
    centred = x - mean(x, axis, True)
    centred = centred - mean(centred, axis, True)
    return sqrt(mean(centred * centred, axis, True) + eps)


@composite
def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Return (x - mean) / sqrt(var + eps) * weight + bias, where mean and var are those of each example's features.

    Args:
        x: (..., *normalized_shape).
        normalized_shape: the last axes, over which mean and variance are taken: an integer or several.
        weight, bias: of this shape, or None.
        eps: keeps the root from zero.

    Raises:
        ValueError: x, weight or bias of another shape.

    Ba, Kiros and Hinton, "Layer normalization" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.layer_norm(tge.tensor([[1.0, 3.0], [10.0, 30.0]]), 2).data.round(3)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """
    shape = tuple(map(operator.index, np.atleast_1d(normalized_shape).tolist()))
    if not shape or np.shape(x)[-len(shape) :] != shape:
        raise ValueError(f"layer_norm: x of shape {np.shape(x)} does not end in the axes {shape}")
    _check_affine("layer_norm", shape, weight, bias)
    return _affine(standardize(x, tuple(range(-len(shape), 0)), eps), weight, bias)


@composite
def group_norm(x, num_groups, weight=None, bias=None, eps=1e-5):
    """Return (x - mean) / sqrt(var + eps) * weight[c] + bias[c], with mean and var over each group of channels.

    Args:
        x: (n, c) or (n, c, ...), such as images (n, c, h, w).
        num_groups: how many groups the channels are split into; c of them are `instance_norm`.
        weight, bias: (c,), or None.
        eps: keeps the root from zero.

    Raises:
        ValueError: groups that do not divide the channels, weight or bias of another shape.

    Wu and He, "Group normalization" (2018).

    >>> import tinygrad_edu as tge
    >>> tge.group_norm(tge.arange(4.0).reshape(1, 4), 2).data.round(3)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """
    return _by_group("group_norm", x, num_groups, weight, bias, eps)


@composite
def instance_norm(x, weight=None, bias=None, eps=1e-5):
    """Return (x - mean) / sqrt(var + eps) * weight[c] + bias[c], with mean and var over each channel of each image.

    Args:
        x: (n, c, ...), such as images (n, c, h, w), with more than one element in each channel.
        weight, bias: (c,), or None.
        eps: keeps the root from zero.

    Ulyanov, Vedaldi and Lempitsky, "Instance normalization" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.instance_norm(tge.tensor([[[1.0, 3.0], [10.0, 30.0]]])).data.round(3)
    array([[[-1.,  1.],
            [-1.,  1.]]], dtype=float32)
    """
    if math.prod(np.shape(x)[2:]) < 2:
        raise ValueError(
            f"instance_norm needs more than one element in each channel (n, c, ...); x has shape {np.shape(x)}"
        )
    return _by_group("instance_norm", x, np.shape(x)[1], weight, bias, eps)


def _by_group(op, x, groups, weight, bias, eps):
    shape = np.shape(x)
    if len(shape) < 2:
        raise ValueError(f"{op} needs x of shape (n, c) or (n, c, ...), not {shape}")
    n, c = shape[:2]
    if not hasattr(groups, "__index__") or groups < 1 or c % groups:
        raise ValueError(f"{op}: num_groups={groups!r} must be an integer that divides the {c} channels of x, {shape}")
    _check_affine(op, (c,), weight, bias)
    y = reshape(standardize(reshape(x, (n, groups, math.prod(shape[1:]) // groups)), -1, eps), shape)
    channels = (1, c, *(1,) * (len(shape) - 2))
    return _affine(y, *(None if v is None else reshape(v, channels) for v in (weight, bias)))


def _affine(y, weight, bias):
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def _check_affine(op, shape, weight, bias):
    for name, value in (("weight", weight), ("bias", bias)):
        if value is not None and getattr(value, "shape", None) != shape:
            raise ValueError(f"{op}: {name} must be an array or a Tensor of shape {shape}, not of {np.shape(value)}")
