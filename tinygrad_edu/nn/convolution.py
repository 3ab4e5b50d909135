"""Conv2d: small filters that slide over an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.geometry import pair
from ..ops import conv2d
from . import init
from .checks import flag, floating, same_dtype, whole
from .module import Module
from .parameter import Parameter


class Conv2d(Module):
    """y = conv2d(x, weight, bias): each filter slides over the image and gives one channel of y

        y[n,o,i,j] = bias[o] + sum over c,u,v of x[n,c,row,col] * weight[o,c,u,v],
        row = i*stride - padding + u*dilation,  col = j*stride - padding + v*dilation

    Args:
        in_channels, out_channels: c and o. There is one filter for each output channel.
        kernel_size, stride, padding, dilation: an integer, or a pair (vertical, horizontal).
        groups: the channels are split into this many groups that do not see each other.
        bias: whether there is one.
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters, and so of everything computed.

    Shapes: x (n, in_channels, h, w), y (n, out_channels, oh, ow).
    Parameters: weight (out_channels, in_channels / groups, kh, kw) and bias (out_channels,); they start in
    U(-1/sqrt(fan_in), 1/sqrt(fan_in)), fan_in = in_channels / groups * kh * kw, see `nn.init.default`.
    LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Conv2d(1, 8, 3)(tge.ones(2, 1, 28, 28)).shape
    (2, 8, 26, 26)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.in_channels = whole("Conv2d: in_channels", in_channels, at_least=1)
        self.out_channels = whole("Conv2d: out_channels", out_channels, at_least=1)
        self.groups = whole("Conv2d: groups", groups, at_least=1)
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"Conv2d: groups={groups} must divide the channels, {in_channels} and {out_channels}")
        self.kernel_size = pair(kernel_size, "Conv2d: kernel_size")
        self.stride = pair(stride, "Conv2d: stride")
        self.padding = pair(padding, "Conv2d: padding", least=0)
        self.dilation = pair(dilation, "Conv2d: dilation")
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        weight, start = init.default(shape, rng=rng, dtype=floating("Conv2d: dtype", dtype))
        self.weight = Parameter(weight)
        self.bias: Parameter | None = Parameter(start)
        if not flag("Conv2d: bias", bias):
            self.bias = None

    def forward(self, x: Any) -> Any:
        """Slide the filters over the images."""
        same_dtype("Conv2d", x, self.weight)
        return conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        """Name the geometry, leaving out what has its default."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for name, default in (("padding", (0, 0)), ("dilation", (1, 1)), ("groups", 1)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text if self.bias is not None else text + ", bias=False"
