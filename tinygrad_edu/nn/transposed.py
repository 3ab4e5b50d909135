"""ConvTranspose2d: a convolution backwards, which makes images larger."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.geometry import pair
from ..ops import conv_transpose2d
from .checks import same_dtype
from .convolution import Size, channels, geometry, start
from .module import Module
from .parameter import Parameter


class ConvTranspose2d(Module):
    """y = conv_transpose2d(x, weight, bias): each pixel paints the filters, times its own value, into y

        y[n,o,row,col] = bias[o] + sum over c,i,j,u,v with that row and col of x[n,c,i,j] * weight[c,o,u,v],
        row = i*stride - padding + u*dilation,  col = j*stride - padding + v*dilation

    Args:
        in_channels, out_channels: c and o.
        kernel_size, stride, padding, output_padding, dilation: an integer, or a pair (vertical, horizontal); see
            `conv_transpose2d`.
        groups, bias, rng, dtype: as for `Conv2d`.

    Shapes: x (n, in_channels, h, w), y (n, out_channels, oh, ow),
    oh = (h - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1.
    Parameters: weight (in_channels, out_channels / groups, kh, kw) and bias (out_channels,); they start in
    U(-1/sqrt(fan), 1/sqrt(fan)), fan = out_channels / groups * kh * kw, as PyTorch's do.

    >>> import tinygrad_edu as tge
    >>> tge.nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1)(tge.ones(2, 8, 14, 14)).shape
    (2, 1, 28, 28)
    """

    in_channels: int
    out_channels: int
    groups: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        channels(self, in_channels, out_channels, groups)
        self.kernel_size = pair(kernel_size, "ConvTranspose2d: kernel_size")
        self.stride = pair(stride, "ConvTranspose2d: stride")
        self.padding = pair(padding, "ConvTranspose2d: padding", least=0)
        self.output_padding = pair(output_padding, "ConvTranspose2d: output_padding", least=0)
        self.dilation = pair(dilation, "ConvTranspose2d: dilation")
        start(self, (self.in_channels, self.out_channels // self.groups, *self.kernel_size), bias, rng, dtype)

    def forward(self, x: Any) -> Any:
        """Let every pixel paint."""
        same_dtype("ConvTranspose2d", x, self.weight)
        return conv_transpose2d(
            x, self.weight, self.bias, self.stride, self.padding, self.output_padding, self.groups, self.dilation
        )

    def extra_repr(self) -> str:
        """Name the geometry, leaving out what has its default."""
        return geometry(self, padding=(0, 0), output_padding=(0, 0), dilation=(1, 1), groups=1)
