"""Layers that normalise each example on its own, by its features or by groups of its channels: no batch, no modes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import ops
from .checks import flag, floating, number, same_dtype, whole
from .module import Module
from .parameter import Parameter
from .setting import Setting


class _ExampleNorm(Module):
    """A layer with a weight and a bias for each feature, ones and zeros at first; or without."""

    eps: Any = Setting(number, at_least=0)

    def _start(self, shape: tuple[int, ...], eps: float, affine: bool, bias: bool, dtype: Any) -> None:
        self.eps = eps
        self.dtype = floating(f"{type(self).__name__}: dtype", dtype)
        self.weight: Parameter | None = Parameter(np.ones(shape, dtype))
        self.bias: Parameter | None = Parameter(np.zeros(shape, dtype))
        if not affine:
            self.weight = self.bias = None
        elif not bias:
            self.bias = None


class LayerNorm(_ExampleNorm):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, where mean and var are those of each example's features

    Args:
        normalized_shape: the last axes, over which mean and variance are taken: an integer or several.
        eps: keeps the root from zero.
        elementwise_affine: whether there are weight and bias.
        bias: whether there is a bias beside the weight.
        dtype: of the parameters.

    Shapes: x and y (..., *normalized_shape). Parameters: weight, ones at first, and bias, zeros, of normalized_shape.
    Ba, Kiros and Hinton, "Layer normalization" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.nn.LayerNorm(2)(tge.tensor([[1.0, 3.0], [10.0, 30.0]])).data.round(3)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        *,
        dtype: Any = np.float32,
    ):
        several = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
        self.normalized_shape = tuple(whole("LayerNorm: normalized_shape", n, at_least=1) for n in several)
        self.elementwise_affine = flag("LayerNorm: elementwise_affine", elementwise_affine)
        self._start(self.normalized_shape, eps, elementwise_affine, flag("LayerNorm: bias", bias), dtype)

    def forward(self, x: Any) -> Any:
        """Normalise each example."""
        same_dtype("LayerNorm", x, self)
        return ops.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_ExampleNorm):
    """y = (x - mean) / sqrt(var + eps) * weight[c] + bias[c], with mean and var over each group of an image's channels

    Args:
        num_groups: how many groups the channels are split into.
        num_channels: the number of channels c.
        eps: keeps the root from zero.
        affine: whether there are weight and bias.
        dtype: of the parameters.

    Shapes: x and y (n, c, ...). Parameters: weight (c,), ones at first, and bias (c,), zeros.
    Wu and He, "Group normalization" (2018).

    >>> import tinygrad_edu as tge
    >>> tge.nn.GroupNorm(2, 4)(tge.arange(4.0).reshape(1, 4)).data.round(3)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, *, dtype: Any = np.float32
    ):
        self.num_groups = whole("GroupNorm: num_groups", num_groups, at_least=1)
        self.num_channels = whole("GroupNorm: num_channels", num_channels, at_least=1)
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_groups={num_groups} must divide num_channels={num_channels}")
        self.affine = flag("GroupNorm: affine", affine)
        self._start((self.num_channels,), eps, affine, True, dtype)

    def forward(self, x: Any) -> Any:
        """Normalise each group of channels."""
        same_dtype("GroupNorm", x, self)
        if x.ndim < 2 or x.shape[1] != self.num_channels:
            raise ValueError(f"GroupNorm needs x of shape (n, {self.num_channels}, ...), not {x.shape}")
        return ops.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"


class InstanceNorm2d(_ExampleNorm):
    """y = (x - mean) / sqrt(var + eps) * weight[c] + bias[c], with mean and var over each channel of each image

    It keeps no running statistics: an image is treated alike in training and evaluation.

    Args:
        num_features: the number of channels c.
        eps: keeps the root from zero.
        affine: whether there are weight and bias.
        dtype: of the parameters.

    Shapes: x and y (n, c, h, w). Parameters: weight (c,), ones at first, and bias (c,), zeros, if affine.
    Ulyanov, Vedaldi and Lempitsky, "Instance normalization" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.nn.InstanceNorm2d(1)(tge.tensor([[[[1.0, 3.0]]]])).data.round(3)
    array([[[[-1.,  1.]]]], dtype=float32)
    """

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = False, *, dtype: Any = np.float32):
        self.num_features = whole("InstanceNorm2d: num_features", num_features, at_least=1)
        self.affine = flag("InstanceNorm2d: affine", affine)
        self._start((self.num_features,), eps, affine, True, dtype)

    def forward(self, x: Any) -> Any:
        """Normalise each channel of each image."""
        same_dtype("InstanceNorm2d", x, self)
        if x.ndim != 4 or x.shape[1] != self.num_features or math.prod(x.shape[2:]) < 2:
            raise ValueError(
                f"InstanceNorm2d needs images (n, {self.num_features}, h, w) of several pixels, not shape {x.shape}"
            )
        return ops.instance_norm(x, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"{self.num_features}, eps={self.eps}, affine={self.affine}"
