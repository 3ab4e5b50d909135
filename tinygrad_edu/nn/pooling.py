"""Pooling as layers: each window of an image becomes one pixel."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..kernels.geometry import pair
from .checks import array_like
from .module import Module

Size = int | tuple[int, int]


class MaxPool2d(Module):
    """y[n,c,i,j] = the largest x[n,c,row,col] in the window at (i, j)

    Args:
        kernel_size: the window, an integer or a pair (vertical, horizontal), as are the next two.
        stride: how far the window moves; None: as far as it is large.
        padding: rows and columns around the image, which never win; at most half the window.

    Shapes: x (n, c, h, w), y (n, c, oh, ow), oh = floor((h + 2 padding - kh) / stride) + 1, and ow likewise.

    >>> import tinygrad_edu as tge
    >>> tge.nn.MaxPool2d(2)(tge.arange(16.0).reshape(1, 1, 4, 4)).data.tolist()
    [[[[5.0, 7.0], [13.0, 15.0]]]]
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0):
        name = type(self).__name__
        self.kernel_size = pair(kernel_size, f"{name}: kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, f"{name}: stride")
        self.padding = pair(padding, f"{name}: padding", least=0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(f"{name}: padding {self.padding} is more than half of the window {self.kernel_size}")

    def forward(self, x: Any) -> Any:
        """Keep the largest pixel of each window."""
        array_like("MaxPool2d", x)
        return ops.max_pool2d(x, self.kernel_size, self.stride, self.padding)

    def extra_repr(self) -> str:
        """Name the geometry."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(MaxPool2d):
    """y[n,c,i,j] = the sum of x[n,c,row,col] in the window at (i, j) / (kh * kw)

    The arguments and shapes are those of `MaxPool2d`; here padding counts as zeros.

    >>> import tinygrad_edu as tge
    >>> tge.nn.AvgPool2d(2)(tge.arange(16.0).reshape(1, 1, 4, 4)).data.tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """

    def forward(self, x: Any) -> Any:
        """Average each window."""
        array_like("AvgPool2d", x)
        return ops.avg_pool2d(x, self.kernel_size, self.stride, self.padding)
